package replay

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/icza/s2prot"

	"github.com/evoladder/evoladderbot/internal/fault"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay/mpq"
)

// parser takes a file's streams to their meaning, one after the other.
type parser struct {
	archive  *mpq.Archive
	options  Options
	protocol *s2prot.Protocol
	raw      raw
	meaning  meaning
	buffer   []byte
}

// identify reads the header and chooses the protocol.
func (p *parser) identify() error {
	header, err := decodeHeader(p.archive.UserData())
	if err != nil {
		return damaged("read header", err)
	}
	p.raw.header = header
	p.protocol, p.raw.exact = protocolFor(header.baseBuild)
	if p.protocol == nil {
		return p.unknownBuild(nil)
	}
	return nil
}

func (p *parser) unknownBuild(cause error) error {
	build := strconv.Itoa(p.raw.header.baseBuild)
	return fault.New(fault.Unsupported, phrase.Say(phrase.UnknownBuild, "build", build), cause)
}

// players reads the player list, without which nothing can be said. What a
// build of its own tables must be able to read is damaged if it cannot; with
// another build's tables the build is what cannot be read.
func (p *parser) players() error {
	data, err := p.read(streamDetails, streamDetailsBackup)
	if err != nil {
		return damaged("read players", err)
	}
	details, err := decodeDetails(p.protocol, data, p.raw.header.baseBuild)
	switch {
	case err != nil && !p.raw.exact:
		return p.unknownBuild(err)
	case err != nil:
		return damaged("decode players", err)
	}
	p.raw.details = details
	p.meaning.clock = newClock(details.gameSpeed)
	return nil
}

// setting reads the lobby, the attributes and the game's own summary. Each may
// be missing or damaged at the price of what it alone knows.
func (p *parser) setting() error {
	data, err := p.read(streamInitData, streamInitDataBackup)
	if err == nil {
		p.raw.lobby, err = decodeLobby(p.protocol, data)
	}
	if err != nil {
		p.raw.lobby.slots = nil
		p.note("lobby", err)
	}
	if data, err = p.read(streamAttributes); err == nil {
		p.raw.attributes, err = decodeAttributes(p.protocol, data)
	}
	p.note("attributes", err)
	if data, err = p.read(streamMetadata); err == nil {
		p.raw.metadata, err = decodeMetadata(data)
	}
	if !mpq.IsMissing(err) {
		p.note("metadata", err)
	}
	return nil
}

func (p *parser) speech() error {
	data, err := p.read(streamMessages)
	if err == nil {
		p.raw.messages, err = decodeMessages(p.protocol, data)
	}
	p.note("messages", err)
	return nil
}

// events reads the game and the tracker stream, where they are wanted.
func (p *parser) events() error {
	if p.options.Level != Full {
		return nil
	}
	data, err := p.read(streamGame)
	if err == nil || len(data) > 0 {
		err = errors.Join(err, decodeGame(p.protocol, data, p.meaning.clock, &p.meaning.game))
	}
	p.note("game events", err)
	data, err = p.read(streamTracker)
	if err == nil && len(data) > 0 {
		err = decodeTracker(p.protocol, data, &p.meaning.tracker)
	}
	if !mpq.IsMissing(err) {
		p.note("tracker events", err)
	}
	return nil
}

// read gives the first of the streams that the file has. The bytes are good
// until the next call.
func (p *parser) read(names ...mpq.Name) (data []byte, err error) {
	for i, name := range names {
		data, err = p.archive.Read(p.buffer, name)
		p.buffer = data
		if !mpq.IsMissing(err) && (err != nil || len(data) > 0) {
			p.raw.anonymous = p.raw.anonymous || i > 0
			return data, err
		}
	}
	return data, err
}

// note turns damage into a warning.
func (p *parser) note(what string, err error) {
	if err != nil {
		p.raw.damage = append(p.raw.damage, fmt.Sprintf("%s: %v", what, err))
	}
}
