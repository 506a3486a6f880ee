// Follows of the partition's users, grouped by the partition of whom they follow: a process that comes to
// host a partition reads from each snapshot one group.
//
// In a group they stand by followee: the id once, then the numbers of the followers, which lie close
// together: 3.4 bytes a follow among 100,000 users who follow 200 each. It is also the order in which the
// lists of followers grow.

import { INDEX_LIMIT } from '../../state/memory/paged-table.ts'
import { idFrom, idWithin, varintBytesMax } from '../chunk.ts'
import type { Section, Source, Target } from './section.ts'

/** Followers of one record; more of them are further records with the same followee. */
const followersPerRecord = 4_096
const chunkEdges = 1_024
/** Records that are read together: whom they are of, where the followers of each end, and the followers. */
const recordsMax = 512
const followees = new Float64Array(recordsMax)
const indexes = new Int32Array(recordsMax)
const ends = new Uint32Array(recordsMax)
const followers = new Uint32Array(2 * followersPerRecord)

/**
 * Group: the followees' partition. Record: the followee's id, as the difference to the one before; how
 * many followers; the number of each, as what lies between it and the one before.
 */
export const followsSection: Section = {
  code: 4,

  write(source, writer) {
    const { state } = source
    const follows = groupedByFollowee(source)
    let group = -1
    let previous = 0
    for (const followee of follows.followees) {
      const id = state.users.idOf(followee)
      const partition = state.users.index.partitionOf(followee)
      if (partition !== group) {
        writer.begin(followsSection.code, partition)
        group = partition
      }
      const followers = follows.followersOf(followee)
      for (let start = 0; start < followers.length; start += followersPerRecord) {
        const end = Math.min(start + followersPerRecord, followers.length)
        if (writer.record((2 + end - start) * varintBytesMax)) previous = 0
        writer.integer(idWithin(id) - previous)
        writer.integer(end - start)
        let follower = -1
        for (let place = start; place < end; place++) {
          writer.integer(followers[place]! - follower - 1)
          follower = followers[place]!
        }
        previous = idWithin(id)
      }
    }
  },

  isWanted: ({ state, partition, isPublic }, group) =>
    isPublic || state.hosting.keepsEdges(partition, group),

  read(target, reader, group) {
    const { users } = target
    let within = 0
    let records = 0
    let end = 0
    while (!reader.isAtEnd) {
      within += reader.integer()
      followees[records] = idFrom(within, group)
      let number = -1
      for (let count = reader.integer(); count > 0; count--) {
        number += 1 + reader.integer()
        followers[end++] = users[number]!
      }
      ends[records++] = end
      if (records < recordsMax && end <= followersPerRecord) continue
      put(target, group, records)
      records = end = 0
    }
    put(target, group, records)
  },
}

function put({ state, partition, isPublic, isHosted }: Target, group: number, records: number) {
  const keepsEdges = state.hosting.keepsEdges(partition, group)
  state.users.index.internMany(followees, records, indexes)
  for (let record = 0, start = 0; record < records; start = ends[record++]!) {
    const followee = indexes[record]!
    const end = ends[record]!
    for (let place = start; place < end; place++) {
      const follower = followers[place]!
      if (keepsEdges) state.stageFollower(followee, follower)
      if (isHosted) state.stageFollowing(follower, followee)
      if (isPublic) state.users.following.add(follower, 1)
    }
    if (isPublic) state.users.followers.add(followee, end - start)
  }
}

type Grouped = {
  /** Dense indexes, ordered by partition, then by id. */
  readonly followees: Uint32Array
  /** Numbers of users, ascending. */
  followersOf(followee: number): Uint32Array
}

/** Turns lists of followees into lists of followers, by counting. */
function groupedByFollowee(source: Source): Grouped {
  const { index } = source.state.users
  // First how many followers each has, then where those begin, then where they end.
  const places = new Uint32Array(index.indexEnd)
  let count = 0
  forEachFollow(source, (_number, followee) => {
    if (places[followee]!++ === 0) count++
  })
  const followees = new Uint32Array(count)
  const counts = new Uint32Array(index.indexEnd)
  let found = 0
  let total = 0
  for (let user = 0; user < places.length; user++) {
    const followers = places[user]!
    if (followers === 0) continue
    followees[found++] = user
    counts[user] = followers
    places[user] = total
    total += followers
  }
  const numbers = new Uint32Array(total)
  // Users come in the order of their numbers, so each list ascends.
  forEachFollow(source, (number, followee) => {
    numbers[places[followee]!++] = number
  })
  return {
    followees: followees.sort(
      (left, right) =>
        index.partitionOf(left) - index.partitionOf(right) || index.idOf(left) - index.idOf(right),
    ),
    followersOf: (followee) => {
      const end = places[followee]!
      return numbers.subarray(end - counts[followee]!, end)
    },
  }
}

function forEachFollow(
  { state, users }: Source,
  visit: (number: number, followee: number) => void,
): void {
  const chunk = new Uint32Array(chunkEdges)
  for (const [number, user] of users.entries()) {
    for (let from = 0; ; ) {
      const count = state.followings.copyTo(user, { from, to: INDEX_LIMIT }, chunk)
      for (let place = 0; place < count; place++) visit(number, chunk[place]!)
      if (count < chunkEdges) break
      from = chunk[count - 1]! + 1
    }
  }
}
