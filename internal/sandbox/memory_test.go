package sandbox

import "testing"

func TestOutOfMemoryIsRecognised(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]bool{
		"fatal error: runtime: out of memory\n":            true,
		"runtime: cannot map pages in arena address space": true,
		"SIGSEGV: segmentation violation\nPC=0x4330bd m=0 sigcode=1 addr=0x0\n\ngoroutine 0 gp=0x9046e0 m=0 mp=0x9056e0 [idle]:\nruntime.(*spanQueue).tryDrain(0x7ffd00000400?)": true,
		"panic: a hostile file: now": false,
		"SIGSEGV: segmentation violation\nPC=0x4330bd m=0 sigcode=1 addr=0x0\n\ngoroutine 7 [running]:\nmain.main()": false,
		"": false,
	} {
		if got := outOfMemory(said); got != want {
			t.Errorf("%q is out of memory: %t, want %t", said, got, want)
		}
	}
}
