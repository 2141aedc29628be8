package replaytest

// The versioned encoding: each of these gives one encoded value.

func varint(v int64) (p []byte) {
	u := uint64(v) << 1
	if v < 0 {
		u = uint64(-v)<<1 | 1
	}
	for ; u >= 0x80; u >>= 7 {
		p = append(p, byte(u)|0x80)
	}
	return append(p, byte(u))
}

func vNum[T ~int | ~int32 | ~int64 | ~uint8 | ~uint32](v T) []byte {
	return append([]byte{9}, varint(int64(v))...)
}

func vFlag(b bool) []byte {
	if b {
		return []byte{6, 1}
	}
	return []byte{6, 0}
}

func vText(s string) []byte {
	return append(append([]byte{2}, varint(int64(len(s)))...), s...)
}

// vFourCC is a word of four characters, filled up with zeros in front.
func vFourCC(s string) []byte {
	p := []byte{7, 0, 0, 0, 0}
	copy(p[5-len(s):], s)
	return p
}

// vSome is an optional value that is there; vNone one that is not.
func vSome(p []byte) []byte { return append([]byte{4, 1}, p...) }

var vNone = []byte{4, 0}

// vOpt is a number that may be absent (-1).
func vOpt(v int) []byte {
	if v < 0 {
		return vNone
	}
	return vSome(vNum(v))
}

func vList[T any](items []T, encode func(T) []byte) []byte {
	p := append([]byte{0}, varint(int64(len(items)))...)
	for _, v := range items {
		p = append(p, encode(v)...)
	}
	return p
}

// field is a member of a struct and its number.
type field struct {
	tag   int
	value []byte
}

func vStruct(fields ...field) []byte {
	p := append([]byte{5}, varint(int64(len(fields)))...)
	for _, f := range fields {
		p = append(append(p, varint(int64(f.tag))...), f.value...)
	}
	return p
}
