package timeline

// production is something that was made, of which the tracker tells only when
// it was done: what a structure trains and researches, and a structure that
// turns into another.
type production struct {
	done     int // loop
	loops    int // it takes where nothing hurries it; 0: not known
	id, name string
	supply   float64
	creator  int    // index of the producer's tag, or none
	ends     [2]int // when the producer was done with what it made before, the last one first; 0: it made nothing
	single   bool   // the producer makes one thing at a time
	hurried  bool   // Chrono Boost is possible
	gateway  bool   // trained in a Gateway
	start    int
	source   StartSource
	key      orderKey // of the order; when known
	known    bool
	orders   []order // of the ability
}

// StartSource says how the start of a step is known.
type StartSource string

// The sources, the most trusted first.
const (
	StartFromEvent    StartSource = "event"    // the game recorded the start
	StartFromOrder    StartSource = "order"    // the player's command, or the end of what stood before it in the queue
	StartFromEstimate StartSource = "estimate" // the end, less the time that it takes
)

// Chrono Boost makes a structure half as fast again
// (https://liquipedia.net/starcraft2/Chrono_Boost); from warpGateBuild on the
// research of Warp Gate makes a Gateway faster as well, by 1.59 as measured.
const (
	warpGateBuild = 97364
	slack         = 2  // loops between an order and its start, and of rounding
	queueDepth    = 5  // products that wait in a structure
	slowest       = 17 // tenths of its known time that a product may take: patches, lost power
	quickest      = 6  // the same of what nothing hurries
)

// from says what made the product.
func (p *production) from(producer *unit) {
	p.creator, p.ends = producer.tag.Index(), producer.births
	p.hurried, p.gateway = protossMakers[producer.form], producer.form == "Gateway"
	p.single = p.hurried
	producer.births = [2]int{p.done, producer.births[0]}
}

// shortest is the least time that a product can take.
func (p *production) shortest(build int) int {
	switch {
	case p.gateway && build >= warpGateBuild:
		return p.loops*2/5 - slack
	case p.hurried:
		return p.loops*2/3 - slack
	}
	return p.loops - slack
}

// date finds the start of each product: first of those that took exactly their
// time from an order or from the product before, for these leave the fewest
// orders to the others.
func (b *orderBook) date(made []production, build int) {
	b.learn(made)
	research := map[int][2]int{} // the ends of an ability's last upgrades
	for i := range made {
		p := &made[i]
		if p.known && p.creator == none {
			p.ends = research[p.key.link]
			research[p.key.link] = [2]int{p.done, p.ends[0]}
		}
		p.orders, p.known = b.of(p)
		p.exactly()
	}
	last := map[int]int{} // the loop of a producer's last order
	for i := range made {
		p := &made[i]
		if p.source == "" {
			p.queued(last)
		}
		if p.source == "" {
			p.between(last, build)
		}
		if p.source == "" {
			p.waited()
		}
		if p.source == "" {
			p.estimate(build)
		}
	}
}

// exactly dates what an order of its kind came its whole time before.
func (p *production) exactly() {
	start := p.done - p.loops
	if !p.known || p.loops == 0 || start <= 0 {
		return
	}
	if o := find(p.orders, p.key, start-slack, start+1); o != nil {
		p.ordered(int(o.loop), o, nil)
	}
}

// queued dates what took exactly its time from the end of the product before.
func (p *production) queued(last map[int]int) {
	if !p.known || p.loops == 0 {
		return
	}
	for _, end := range p.ends {
		if end <= 0 || max(end-(p.done-p.loops), (p.done-p.loops)-end) > slack {
			continue
		}
		if o := find(p.orders, p.key, max(end-queueDepth*p.loops, last[p.creator]+1), end); o != nil {
			p.ordered(end, o, last)
			return
		}
	}
}

// between dates what was hurried, and what takes another time than the table
// says. An order that was given while the producer was busy began when that
// was done; one that was given later began at once.
func (p *production) between(last map[int]int, build int) {
	if !p.known || p.loops == 0 || !p.hurried && p.creator != none {
		return
	}
	earliest, latest := p.done-p.loops-slack, p.done-p.shortest(build)
	if !p.hurried {
		earliest, latest = p.done-p.loops*slowest/10, p.done-p.loops*quickest/10
	}
	free := p.ends[0]
	if free > 0 && free >= earliest && free <= latest {
		if o := find(p.orders, p.key, max(free-queueDepth*p.loops, last[p.creator]+1), free); o != nil {
			p.ordered(free, o, last)
			return
		}
	}
	if !p.single {
		free = 0
	}
	o := find(p.orders, p.key, max(earliest, free), latest)
	if o == nil {
		o = find(p.orders, p.key, max(p.done-p.loops*slowest/10, free), earliest)
	}
	if o != nil {
		p.ordered(int(o.loop), o, last)
	}
}

// waited dates what nothing can hurry and what had to wait for something
// unknown: it began its time before it was done, if it was ordered by then.
func (p *production) waited() {
	start := p.done - p.loops
	if !p.known || p.loops == 0 || p.hurried {
		return
	}
	if o := find(p.orders, p.key, start-queueDepth*p.loops, start); o != nil {
		p.ordered(start, o, nil)
	}
}

// ordered dates a product by its order, which is used up by it, and keeps the
// order as its producer's last.
func (p *production) ordered(start int, o *order, last map[int]int) {
	p.start, p.source = start, StartFromOrder
	o.consumed = !morphAbilities[p.key.link]
	if p.creator != none && last != nil {
		last[p.creator] = int(o.loop)
	}
}

// estimate dates a product without an order by the time that it takes. Chrono
// Boost shortens that; what the producer made before bounds it.
func (p *production) estimate(build int) {
	p.start, p.source = p.done-p.loops, StartFromEstimate
	if free := p.ends[0]; p.single && free <= p.done-p.shortest(build) {
		p.start = max(p.start, free)
	}
}
