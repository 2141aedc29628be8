package stream

// DetailsBackup reads the backup of the details, as if there were no other.
func (r *Replay) DetailsBackup() (Details, error) {
	if _, _, err := r.readEither(detailsBackup, detailsBackup); err != nil {
		return Details{}, err
	}
	return readDetails(r.protocol, r.small)
}

// InitDataBackup reads the backup of the lobby, as if there were no other.
func (r *Replay) InitDataBackup() (InitData, error) {
	if _, _, err := r.readEither(initDataBackup, initDataBackup); err != nil {
		return InitData{}, err
	}
	return readInitData(r.protocol.InitData, r.small)
}
