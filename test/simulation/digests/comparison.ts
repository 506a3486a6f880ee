// The comparison of the digest run: hosts that have applied the same entries hold the same facts, and answer
// the same bytes of them. What differs is told with the partition, or with the request.

import type { Fields } from '../../../protocol/fields.ts'
import type { UserId } from '../../../protocol/ids.ts'
import { pageLimitMax } from '../../../protocol/limits.ts'
import { pickValue } from '../../../protocol/pick.ts'
import type { OperationName } from '../../../protocol/registry.ts'
import { operations } from '../../../protocol/registry.ts'
import { formatPosition } from '../../../shard/replication/position.ts'
import { digestOf } from '../../../shard/snapshots/digest.ts'
import { edgesOf } from '../../helpers/edges-of.ts'
import type { Deed } from './deed.ts'
import type { Host, Hosts } from './hosts.ts'
import { partitions } from './hosts.ts'
import type { People } from './people.ts'

const whole = { slice: 0, slices: 1 }
/** Users whose pages are read from all hosts each time. */
const readersMax = 16

/** I7: the same digest of every partition, wherever it is hosted. @returns how many were equal to the primary's */
export function compareDigests({ primary, all }: Hosts): number {
  let compared = 0
  for (const partition of partitions) {
    const expected = factsOf(primary, partition)
    for (const host of all) {
      if (host === primary || !host.shard.state.hosts(partition)) continue
      const found = factsOf(host, partition)
      if (found !== expected) {
        throw new Error(`I7: partition ${partition}: primary ${expected}, ${host.name} ${found}`)
      }
      compared++
    }
  }
  return compared
}

function factsOf({ shard }: Host, partition: number): string {
  const { state, follower } = shard
  const position = formatPosition(follower.position(partition))
  return `${digestOf(state, partition, whole)} at ${position}, last id ${state.lastIssuedId(partition)}`
}

/** The edges and users that whoever hosts everything has to have, in all. */
export function compareStock({ primary, all, isLateWhole }: Hosts): void {
  const expected = stockOf(primary)
  for (const host of all) {
    if (host.name === 'late' && !isLateWhole) continue
    const found = stockOf(host)
    if (found !== expected) throw new Error(`stock: primary ${expected}, ${host.name} ${found}`)
  }
}

function stockOf({ shard }: Host): string {
  const { users, authored } = shard.state
  const edges = `${edgesOf(shard.state).join(' and ')} edges`
  // Of an erased account no tweet is known to who has not seen them.
  let tweets = 0
  for (let user = 0; user < users.index.indexEnd; user++) tweets += authored.length(user)
  return `${users.handles.size} users, ${tweets} tweets, ${edges}`
}

/**
 * Pages of some users who have read of late, each read in full from every host. Some of the home timelines
 * are dropped at the replica before: what was delivered has to be what is built anew.
 * @returns how many answers were equal to the primary's
 */
export async function comparePages(hosts: Hosts, people: People): Promise<number> {
  const { users, tweets, readers } = people
  let compared = 0
  for (let count = 0; count < readersMax; count++) {
    const id = readers[count * 2] ?? users[Math.floor(hosts.random() * users.length)]!.id
    const other = users[Math.floor(users.length * hosts.random() ** 2)]!
    const tweet = tweets[Math.floor(hosts.random() * tweets.length)]
    const { state } = hosts.replica.shard
    if (count % 3 === 0) state.dropTimeline(state.users.find(id))
    const reads: (readonly [OperationName, Record<string, unknown>])[] = [
      ['timeline.home', {}],
      ['bookmarks.list', {}],
      ['notifications.list', {}],
      ['timeline.user', { userId: other.id }],
      ['user.followers', { userId: other.id }],
      ['user.following', { userId: id }],
      ['user.get', { user: { handle: other.handle } }],
      ['user.blocked', {}],
      ['user.muted', {}],
      ['user.followRequests', {}],
      ['mutes.list', {}],
      ...readsOfCollections(hosts, people, other.id),
      ...(tweet === undefined
        ? []
        : [
            ['tweet.get', { tweetId: tweet[1] }] as const,
            ['tweet.conversation', { tweetId: tweet[1] }] as const,
          ]),
    ]
    for (const [name, params] of reads) {
      compared += await compareAnswers(hosts, { name, actor: id, params })
    }
  }
  return compared
}

/** What there is to read of lists and moments; some are hidden from the reader. */
function readsOfCollections(
  { random }: Hosts,
  { collections: { lists, moments } }: People,
  userId: UserId,
): (readonly [OperationName, Record<string, unknown>])[] {
  const list = lists[Math.floor(random() * lists.length)]
  const moment = moments[Math.floor(random() * moments.length)]
  return [
    ['lists.ofUser', { userId }],
    ['lists.followed', {}],
    ['moments.ofUser', { userId }],
    ['moments.followed', {}],
    ...(list === undefined
      ? []
      : [
          ['timeline.list', { listId: list.id }] as const,
          ['list.members', { listId: list.id }] as const,
        ]),
    ...(moment === undefined ? [] : [['moment.get', { momentId: moment.id }] as const]),
  ]
}

async function compareAnswers({ primary, replica, late, isLateWhole }: Hosts, deed: Deed) {
  const others = isLateWhole ? [replica, late!] : [replica]
  const expected = await readAll(primary, deed)
  for (const host of others) {
    const found = await readAll(host, deed)
    if (found.equals(expected)) continue
    const shown = [expected, found].map((bytes) => bytes.toString('latin1')).join('\n')
    throw new Error(`${deed.name} of ${deed.actor}, by the primary and by ${host.name}:\n${shown}`)
  }
  return others.length
}

/** All pages of an answer, one behind the other, without where the stream of this process stands. */
async function readAll(host: Host, { name, actor, params }: Deed): Promise<Buffer> {
  const { request, answer: fields } = operations[name]
  const isPaged = 'before' in request
  const pages: Uint8Array[] = []
  let before: number | undefined
  do {
    const page = isPaged ? { limit: pageLimitMax, ...(before === undefined ? {} : { before }) } : {}
    const answer = await host.ask({ name, actor, params: { ...params, ...page } })
    if (!(answer instanceof Uint8Array)) {
      // A tweet that was posted by two requests with one key may have been deleted by now.
      if (['not_found', 'forbidden', 'suspended'].includes(answer.code))
        return Buffer.from(JSON.stringify(answer))
      throw new Error(`${name} of ${actor}, by ${host.name}: ${JSON.stringify(answer)}`)
    }
    const position = name === 'timeline.home' ? Buffer.from(answer).lastIndexOf('position') : -1
    pages.push(position < 0 ? answer : answer.subarray(0, position))
    before = isPaged ? (pickValue(fields as Fields, answer, ['olderCursor']) as number) : undefined
  } while (before !== undefined)
  return Buffer.concat(pages)
}
