import { describe, expect, test } from 'vitest'
import { notificationGroupsMax } from '../../../../protocol/limits.ts'
import type { NotificationKind } from '../../../../protocol/notifications.ts'
import {
  noticeKind,
  noticesPerDayMax,
  noticesPerTweetMax,
} from '../../../../shard/state/notices.ts'
import { ShardState } from '../../../../shard/state/shard-state.ts'
import { idOf, seeded } from './seeded.ts'

const ada = idOf({ ms: 7 })
const dayMs = 24 * 60 * 60 * 1000

/** One entry of the log of a partition. */
type Step = {
  readonly partition: number
  readonly id: number
  readonly kind: NotificationKind
  readonly actorId: number
  readonly tweetId: number
  readonly takesBack: boolean
}

describe('Notices', () => {
  test('alike things are a group, the newest first, with each actor once', () => {
    const state = hostOf(0)
    for (const [ms, who] of [1, 2, 1].entries()) {
      note(state, { kind: 'favorite', ms: 10 + ms, who, tweetId: 51 })
    }
    note(state, { kind: 'follow', ms: 5, who: 3 })
    note(state, { kind: 'follow', ms: dayMs + 5, who: 4 })
    const groups = groupsOf(state)
    expect(groups).toEqual([
      { kind: 'follow', actors: [4] },
      { kind: 'favorite', actors: [1, 2] },
      { kind: 'follow', actors: [3] },
    ])
  })

  test('nothing is noted of oneself, or where neither side is hosted', () => {
    const state = hostOf(3)
    const id = idOf({ ms: 9, partition: 1 })
    state.notices.note({ kind: 'follow', actorId: ada, recipientId: ada }, id)
    note(state, { kind: 'follow', ms: 5, who: 1, partition: 1 })
    expect(state.notices.count).toBe(0)
    note(state, { kind: 'follow', ms: 5, who: 1, partition: 3 })
    expect(state.notices.count).toBe(1)
  })

  test('of one tweet the newest 16 are kept, of one day the newest 100', () => {
    const state = hostOf(0)
    for (let who = 1; who <= 300; who++) {
      note(state, { kind: 'favorite', ms: who, who, tweetId: 51 })
      note(state, { kind: 'follow', ms: who, who })
    }
    const [follows, favorites] = groupsOf(state)
    expect(follows!.actors).toHaveLength(noticesPerDayMax)
    expect(favorites!.actors).toHaveLength(noticesPerTweetMax)
    expect(favorites!.actors[0]).toBe(300)
    expect(state.notices.count).toBeLessThan(600)
  })

  test('what was taken back stays so, and is there again when it is done again', () => {
    const state = hostOf(0)
    note(state, { kind: 'favorite', ms: 1, who: 1, tweetId: 51 })
    takeBack(state, { who: 1, tweetId: 51 })
    expect(state.notices.listOf(indexOf(state, ada)).map(({ isTakenBack }) => isTakenBack)).toEqual(
      [true],
    )
    note(state, { kind: 'favorite', ms: 2, who: 1, tweetId: 51 })
    expect(state.notices.groupsOf(indexOf(state, ada))[0]!.notices).toMatchObject([
      { isTakenBack: false },
    ])
  })

  test('I7: what was taken back on one day and done again on the next stays so through a move', () => {
    const follows = (state: ShardState) => {
      note(state, { kind: 'follow', ms: 5, who: 1 })
      takeBack(state, { kind: 'follow', who: 1 })
      note(state, { kind: 'follow', ms: dayMs + 5, who: 1 })
    }
    // One of them hosts whoever follows, and knows all of it before it comes to host ada.
    const [side, known] = [hostOf(0), hostOf(1)]
    follows(side)
    follows(known)
    known.host(0)
    restoreAll(known, side)
    expect(factsOf(known).map(({ isTakenBack }) => isTakenBack)).toEqual([true, false])
    expect(factsOf(known)).toEqual(factsOf(side))
  })

  test('I7: however logs come together, and with a move in between, the same is kept', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const draw = seeded(seed)
      const random = () => draw(1_000_000) / 1_000_000
      const logs = someLogs(random)
      // A third one hosts some of those who do it, and takes over each log as a whole to host ada as well.
      const [one, other, moved] = [hostOf(0), hostOf(0), hostOf(1)]
      for (const step of interleaved(logs, random)) apply(one, step)
      for (const step of interleaved(logs, random)) apply(other, step)
      for (const step of interleaved(logs, random)) apply(moved, step)
      moved.host(0)
      for (const log of logs) {
        const side = hostOf(0)
        for (const step of log) apply(side, step)
        restoreAll(moved, side)
      }
      expect(factsOf(other), `seed ${seed}`).toEqual(factsOf(one))
      expect(factsOf(moved), `seed ${seed}`).toEqual(factsOf(one))
      const groups = one.notices.groupsOf(indexOf(one, ada)).length
      expect(groups, `seed ${seed}`).toBe(notificationGroupsMax)
    }
  })
})

/**
 * Three logs in which more happens than is kept: many tweets, some of them very popular, and follows that end and
 * begin again on the next days.
 */
function someLogs(random: () => number): Step[][] {
  return [1, 2, 3].map((partition) => {
    const log: Step[] = []
    for (let ms = 1; log.length < 1_500; ms += Math.ceil(random() * 400_000)) {
      const kind = (['favorite', 'favorite', 'retweet', 'mention', 'follow'] as const)[
        Math.floor(random() * 5)
      ]!
      const past = log[Math.floor(random() * log.length)]
      const actorId = idOf({ ms: 1 + Math.floor(random() * 40), partition })
      const tweetId = 1 + Math.floor(700 * random() ** 2)
      const step = {
        partition,
        id: idOf({ ms, partition }),
        kind,
        actorId,
        tweetId,
        takesBack: false,
      }
      const isUndone = past?.kind === 'favorite' || past?.kind === 'follow'
      const takesBack = isUndone && random() < 0.2
      log.push(takesBack ? { ...past, takesBack } : step)
    }
    return log
  })
}

function interleaved(logs: readonly (readonly Step[])[], random: () => number): Step[] {
  const places = logs.map(() => 0)
  const all: Step[] = []
  const speeds = logs.map(() => random())
  while (places.some((place, log) => place < logs[log]!.length)) {
    const log = Math.floor(random() * logs.length)
    const step = logs[log]![places[log]!]
    if (step === undefined || random() > speeds[log]! + 0.02) continue
    places[log]!++
    all.push(step)
  }
  return all
}

function apply(state: ShardState, { id, kind, actorId, tweetId, takesBack }: Step): void {
  const isOfTweet = kind !== 'follow'
  // A tweet that mentions somebody is a tweet of its own.
  const subjectId = kind === 'mention' ? id : tweetId
  const deed = { kind, actorId, recipientId: ada }
  const about = isOfTweet ? { ...deed, subject: state.tweets.intern(subjectId) } : deed
  if (takesBack) state.notices.takeBack(about)
  else state.notices.note(about, id)
}

/** What another state has of ada's notices comes to this one. */
function restoreAll(state: ShardState, from: ShardState): void {
  for (const notice of from.notices.listOf(indexOf(from, ada))) {
    const actor = state.users.index.intern(from.users.idOf(notice.actor))
    const subject = notice.subject < 0 ? -1 : state.tweets.intern(from.tweets.idOf(notice.subject))
    state.notices.restore(state.users.index.intern(ada), { ...notice, actor, subject })
  }
}

function factsOf(state: ShardState) {
  return state.notices.listOf(indexOf(state, ada)).map((notice) => ({
    id: notice.id,
    kind: notice.kind,
    actor: state.users.idOf(notice.actor),
    subject: notice.subject < 0 ? 0 : state.tweets.idOf(notice.subject),
    isTakenBack: notice.isTakenBack,
  }))
}

type Noted = { readonly who: number; readonly tweetId?: number; readonly partition?: number }

function note(
  state: ShardState,
  { kind, ms, who, tweetId, partition = 1 }: Noted & { kind: NotificationKind; ms: number },
): void {
  const subject = tweetId === undefined ? {} : { subject: state.tweets.intern(tweetId) }
  const deed = { kind, actorId: idOf({ ms: who, partition }), recipientId: ada, ...subject }
  state.notices.note(deed, idOf({ ms, partition, sequence: kind === 'follow' ? 1 : 0 }))
}

function takeBack(
  state: ShardState,
  { kind = 'favorite', who, tweetId }: Noted & { kind?: NotificationKind },
): void {
  const subject = tweetId === undefined ? {} : { subject: state.tweets.intern(tweetId) }
  const actorId = idOf({ ms: who, partition: 1 })
  state.notices.takeBack({ kind, actorId, recipientId: ada, ...subject })
}

function groupsOf(state: ShardState) {
  return state.notices.groupsOf(indexOf(state, ada)).map(({ kind, notices }) => ({
    kind: Object.keys(noticeKind)[kind],
    actors: notices.map(({ actor }) => Math.floor(state.users.idOf(actor) / idOf({ ms: 1 }))),
  }))
}

function hostOf(...partitions: number[]): ShardState {
  const state = new ShardState()
  for (const partition of partitions) state.host(partition)
  return state
}

function indexOf(state: ShardState, id: number): number {
  return state.users.index.find(id)
}
