// What the two hot structures of a shard do in a second, and what an edge costs in memory. Run it by
//
//     node test/bench/structures.bench.ts [--users=1000000] [--capacity=256] [--nodes=100000]
//
// Each section runs in a process of its own, so that none measures what another left behind. The
// bare loop writes the same number of bytes to the same owners with no check at all: it is what this
// machine can do, and the measure of the delivery loop.
import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { Adjacency } from '../../shard/state/adjacency.ts'
import { TimelineRings } from '../../shard/state/timeline-rings.ts'

type Row = { what: string; figure: string; unit: string; note: string }
type Sizes = { users: number; capacity: number; nodes: number }

const FOLLOWERS_PER_LIST = 400
const LIST_COUNT = 10_000
const NEIGHBORS_PER_NODE = 200
const PAGE_IDS = 20

const SECTIONS: Record<string, (sizes: Sizes) => Row[]> = {
  'bare loop': measureBareLoop,
  'timeline rings': measureRings,
  'graph, 1M indexes': ({ nodes }) => measureGraph(nodes, 1_000_000),
  'graph, 10M indexes': ({ nodes }) => measureGraph(nodes, 10_000_000),
  'graph, power law': measurePowerLaw,
}

function main(): void {
  const { values } = parseArgs({
    options: {
      users: { type: 'string', default: '1000000' },
      capacity: { type: 'string', default: '256' },
      nodes: { type: 'string', default: '100000' },
      section: { type: 'string' },
    },
  })
  if (values.section !== undefined) {
    const { users, capacity, nodes } = values
    const sizes = { users: Number(users), capacity: Number(capacity), nodes: Number(nodes) }
    const rows = SECTIONS[values.section]?.(sizes) ?? []
    process.stdout.write(JSON.stringify(rows))
    return
  }
  const script = new URL(import.meta.url).pathname
  for (const section of Object.keys(SECTIONS)) {
    const options = [script, ...process.argv.slice(2), `--section=${section}`]
    const rows: Row[] = JSON.parse(execFileSync(process.execPath, options, { encoding: 'utf8' }))
    for (const { what, figure, unit, note } of rows) {
      console.log(
        `${section.padEnd(20)}${what.padEnd(26)}${figure.padStart(10)} ${unit.padEnd(14)}${note}`,
      )
    }
  }
}

/** Follower lists laid end to end, each ascending, each spread over all users. */
function followerLists(users: number): Uint32Array {
  const lists = new Uint32Array(LIST_COUNT * FOLLOWERS_PER_LIST)
  const random = randomFrom(1)
  for (let list = 0; list < LIST_COUNT; list++) {
    const start = list * FOLLOWERS_PER_LIST
    const one = lists.subarray(start, start + FOLLOWERS_PER_LIST)
    for (let i = 0; i < FOLLOWERS_PER_LIST; i++) one[i] = random(users)
    one.sort()
  }
  return lists
}

/** Runs `deliver` over all lists, thrice, and takes the fastest round: others use this machine too. */
function deliveriesPerSecond(deliver: (from: number, to: number, id: number) => void): number {
  let secondsMin = Number.POSITIVE_INFINITY
  let id = 1e12
  for (let round = 0; round < 4; round++) {
    const startedMs = performance.now()
    for (let list = 0; list < LIST_COUNT; list++) {
      deliver(list * FOLLOWERS_PER_LIST, (list + 1) * FOLLOWERS_PER_LIST, id++)
    }
    if (round > 0) secondsMin = Math.min(secondsMin, (performance.now() - startedMs) / 1000)
  }
  return (LIST_COUNT * FOLLOWERS_PER_LIST) / secondsMin
}

function measureBareLoop({ users, capacity }: Sizes): Row[] {
  const lists = followerLists(users)
  const hands = new Uint32Array(new SharedArrayBuffer(users * 4))
  const slots = new Float64Array(new SharedArrayBuffer(users * capacity * 8)).fill(1)
  const perSecond = deliveriesPerSecond((from, to, id) => {
    for (let i = from; i < to; i++) {
      const owner = lists[i]!
      const hand = hands[owner]!
      slots[owner * capacity + hand] = id
      hands[owner] = hand + 1 === capacity ? 0 : hand + 1
    }
  })
  const note = `${users} users, ${capacity} entries each`
  return [{ what: 'writes', figure: millions(perSecond), unit: 'M/s', note }]
}

function measureRings({ users, capacity }: Sizes): Row[] {
  const rssBefore = process.memoryUsage.rss()
  const rings = new TimelineRings({ capacityMax: capacity, bytesMax: 32 * 2 ** 30 })
  const ids = Float64Array.from({ length: capacity }, (_, i) => i + 1)
  for (let owner = 0; owner < users; owner++) rings.fill(owner, ids, capacity)
  const rss = process.memoryUsage.rss() - rssBefore
  const lists = followerLists(users)
  const perSecond = deliveriesPerSecond((from, to, id) => {
    rings.insertMany(lists, { from, to }, id)
  })
  const out = new Float64Array(PAGE_IDS)
  const random = randomFrom(2)
  const reads = 1_000_000
  const startedMs = performance.now()
  for (let i = 0; i < reads; i++) {
    rings.readBefore(random(users), { before: 1e15, limit: PAGE_IDS }, out)
  }
  const readsPerSecond = (reads / (performance.now() - startedMs)) * 1000
  const perEntry = rss / users / capacity
  return [
    row('deliveries', millions(perSecond), 'M/s', `${users} users, ${capacity} entries each`),
    row('pages read', millions(readsPerSecond), 'M/s', `${PAGE_IDS} ids each`),
    row('memory', perEntry.toFixed(2), 'bytes/entry', 'resident, all overhead'),
  ]
}

function measureGraph(nodes: number, indexes: number): Row[] {
  const random = randomFrom(3)
  // A small graph first, so that the code is compiled before the figures count.
  const warm = new Adjacency()
  for (let i = 0; i < 500_000; i++) warm.add(random(2500), random(indexes))
  const rssBefore = process.memoryUsage.rss()
  const graph = new Adjacency()
  const edges = nodes * NEIGHBORS_PER_NODE
  const followsPerSecond = perSecondOf(edges, () => graph.add(random(nodes), random(indexes)))
  const rssBuilt = process.memoryUsage.rss() - rssBefore
  const chunk = new Uint32Array(1024)
  let copied = 0
  const startedMs = performance.now()
  for (let node = 0; node < nodes; node++) {
    copied += graph.copyTo(node, { from: 0, to: indexes }, chunk)
  }
  const copiedPerSecond = (copied / (performance.now() - startedMs)) * 1000
  const changes = edges / 10
  const startedChangesMs = performance.now()
  for (let i = 0; i < changes; i++) {
    const node = random(nodes)
    const at = graph.copyTo(node, { from: random(indexes), to: indexes }, chunk.subarray(0, 1))
    if (at === 1) graph.remove(node, chunk[0]!)
    graph.add(random(nodes), random(indexes))
  }
  const changesPerSecond = (changes / (performance.now() - startedChangesMs)) * 1000
  const rssChanged = process.memoryUsage.rss() - rssBefore
  const size = `${nodes} nodes, ${NEIGHBORS_PER_NODE} of ${indexes} each`
  return [
    row('follows in random order', millions(followsPerSecond), 'M/s', size),
    row('memory', (rssBuilt / graph.edgeCount).toFixed(2), 'bytes/edge', 'resident, all overhead'),
    row('neighbors read', millions(copiedPerSecond), 'M/s', 'copyTo, node after node'),
    row('10% unfollowed, followed', millions(changesPerSecond), 'M/s', 'find one, remove, add'),
    row('memory after that', (rssChanged / graph.edgeCount).toFixed(2), 'bytes/edge', ''),
    row('held after that', (graph.bytes / graph.edgeCount).toFixed(2), 'bytes/edge', 'by `bytes`'),
  ]
}

function measurePowerLaw({ nodes }: Sizes): Row[] {
  const random = randomFrom(4)
  const rssBefore = process.memoryUsage.rss()
  const celebrity = new Adjacency()
  const celebrityPerSecond = perSecondOf(3_000_000, () => celebrity.add(0, random(10_000_000)))
  const rssCelebrity = process.memoryUsage.rss() - rssBefore
  const small = new Adjacency()
  const smallPerSecond = perSecondOf(nodes * 25, () => small.add(random(nodes * 5), random(1e7)))
  const rssSmall = process.memoryUsage.rss() - rssBefore - rssCelebrity
  const perCelebrity = (rssCelebrity / celebrity.edgeCount).toFixed(2)
  return [
    row('one node with millions', millions(celebrityPerSecond), 'M/s', '3M adds, random order'),
    row('memory', perCelebrity, 'bytes/edge', `${celebrity.degree(0)} neighbors`),
    row('many nodes with five', millions(smallPerSecond), 'M/s', `${nodes * 5} nodes`),
    row('memory', (rssSmall / small.edgeCount).toFixed(2), 'bytes/edge', 'table entry included'),
  ]
}

function perSecondOf(times: number, run: () => void): number {
  const startedMs = performance.now()
  for (let i = 0; i < times; i++) run()
  return (times / (performance.now() - startedMs)) * 1000
}

function row(what: string, figure: string, unit: string, note: string): Row {
  return { what, figure, unit, note }
}

function millions(perSecond: number): string {
  return (perSecond / 1e6).toFixed(2)
}

/** xorshift32: integers from 0 to below the bound, cheap beside what is measured. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return Math.floor(((state >>> 0) / 2 ** 32) * below)
  }
}

main()
