package stream

import "github.com/evoladder/evoladderbot/internal/replay/mpq"

// Bzip2Streams returns the bzip2 data of the streams that a full parse reads.
func Bzip2Streams(file []byte) (all [][]byte) {
	a, err := mpq.Open(file)
	if err != nil {
		return nil
	}
	for _, n := range []mpq.Name{
		detailsStream, initDataStream, attributesStream, metadataStream, messageStream, gameStream, trackerStream,
	} {
		if packed, ok := a.Packed(n); ok && len(packed) > 0 && packed[0] == 0x10 {
			all = append(all, packed[1:])
		}
	}
	return all
}
