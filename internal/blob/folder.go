package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// folder is a backend on the local disk.
type folder struct{ root string }

// draftFolder is where files are written before they get their name. What a
// crash leaves there is swept.
const draftFolder = ".drafts"

// folderMode keeps replays from other users of the machine, like the 0600 of
// os.CreateTemp does.
const folderMode = 0o700

func openFolder(root string) (*folder, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	return &folder{root}, os.MkdirAll(filepath.Join(root, draftFolder), folderMode)
}

func (f *folder) path(name string) string { return filepath.Join(f.root, filepath.FromSlash(name)) }

func (f *folder) ping(context.Context) error {
	_, err := os.Stat(filepath.Join(f.root, draftFolder))
	return err
}

// write returns when the file and its name are on the disk. The name is given
// first, since a file system that keeps a journal then writes both at once: what
// a crash leaves in between is damaged, and nothing refers to it yet.
func (f *folder) write(ctx context.Context, name string, data []byte) error {
	path := f.path(name)
	if f.refresh(path, data) {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := f.makeFolders(filepath.Dir(path)); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Join(f.root, draftFolder), "")
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.Write(data)
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return errors.Join(file.Sync(), syncFolder(filepath.Dir(path)))
}

// refresh makes a file new again that is there in good order. A damaged one is
// written again. The process that wrote it may not have synced it to disk yet.
func (f *folder) refresh(path string, data []byte) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	there, err := readBounded(file)
	if err != nil || !bytes.Equal(there, data) {
		return false
	}
	now := time.Now()
	return errors.Join(os.Chtimes(path, now, now), file.Sync(), syncFolder(filepath.Dir(path))) == nil
}

// makeFolders makes dir and what is missing between it and the root, each on
// the disk before it is used.
func (f *folder) makeFolders(dir string) error {
	err := os.Mkdir(dir, folderMode)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case errors.Is(err, fs.ErrNotExist) && dir != f.root:
		if err := f.makeFolders(filepath.Dir(dir)); err != nil {
			return err
		}
		if err := os.Mkdir(dir, folderMode); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	case err != nil:
		return err
	}
	return syncFolder(filepath.Dir(dir))
}

func (f *folder) read(ctx context.Context, name string) ([]byte, error) {
	file, err := os.Open(f.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		if err := f.ping(ctx); err != nil {
			return nil, err // the whole backend is gone: a volume that is not mounted
		}
		return nil, ErrMissing
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readBounded(file)
}

func (f *folder) remove(_ context.Context, name string) error {
	if err := os.Remove(f.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (f *folder) list(ctx context.Context, before time.Time, yield func(string) error) error {
	return filepath.WalkDir(f.root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // gone since its folder was read
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case entry.IsDir():
			return nil
		}
		info, err := entry.Info()
		if err != nil || !info.ModTime().Before(before) {
			return nil //nolint:nilerr // gone since its folder was read
		}
		name, err := filepath.Rel(f.root, path)
		if err != nil {
			return err
		}
		if filepath.Dir(name) == draftFolder {
			return f.remove(ctx, name)
		}
		return yield(filepath.ToSlash(name))
	})
}

func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// readBounded is all of r, unless that is more than was ever put.
func readBounded(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxBytes {
		return nil, ErrAltered
	}
	return data, nil
}
