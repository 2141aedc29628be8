package sandbox_test

func archAttacks() map[string]raw { return nil }
