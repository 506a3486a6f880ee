// Tweets: an acknowledged post is on its author's profile once and in its place; an unknown one at most
// once; a refused one, or one that nobody wrote, not at all.

import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import type { History, Write } from '../history.ts'
import type { Observation, SeenTweet } from '../observation.ts'
import type { Violation } from '../violation.ts'

export function checkTweets(history: History, observation: Observation): Violation[] {
  const posts = new Map<string, Write>()
  for (const write of history.writes) if (write.kind === 'post') posts.set(write.key, write)
  const seen = new Map<string, TweetId[]>()
  const violations: Violation[] = []
  for (const { id, profile } of observation.users.values()) {
    violations.push(...checkOrderOfPage(profile, `the profile of ${id}`))
    for (const tweet of profile) {
      const ids = seen.get(tweet.key)
      if (ids === undefined) seen.set(tweet.key, [tweet.id])
      else ids.push(tweet.id)
      violations.push(...checkOrigin(tweet, { userId: id, write: posts.get(tweet.key) }))
    }
  }
  for (const write of posts.values()) {
    violations.push(...checkPresence(write, { ids: seen.get(write.key) ?? [], observation }))
  }
  violations.push(...checkAuthors([...posts.values()]))
  return violations
}

/** Newest first, which also shows a tweet that stands there twice. */
export function checkOrderOfPage(tweets: readonly SeenTweet[], where: string): Violation[] {
  return tweets.flatMap(({ id }, index): Violation[] => {
    const before = tweets[index - 1]?.id
    if (before === undefined || id < before) return []
    const rule = id === before ? 'doubled' : 'reordered'
    return [{ rule, what: `${where} shows ${id} right behind ${before}` }]
  })
}

function checkOrigin(
  tweet: SeenTweet,
  { userId, write }: { userId: UserId; write: Write | undefined },
): Violation[] {
  const where = `tweet ${tweet.id} ("${tweet.key}") on the profile of ${userId}`
  if (write === undefined) return [{ rule: 'invented', what: `nobody has written ${where}` }]
  if (write.outcome === 'refused') return [{ rule: 'invented', what: `${where} was refused` }]
  if (tweet.authorId === userId && write.actorId === userId) return []
  return [{ rule: 'invented', what: `${where} is by ${write.actorId}` }]
}

function checkPresence(
  write: Write,
  { ids, observation }: { ids: readonly TweetId[]; observation: Observation },
): Violation[] {
  const violations: Violation[] = []
  const unknown = write.outcome !== 'acknowledged'
  if (ids.length > 1) {
    const what = `post ${write.key} is there ${ids.length} times: ${ids.join(', ')}`
    violations.push({ rule: unknown ? 'unknown twice' : 'doubled', what })
  }
  if (unknown || !observation.users.has(write.actorId)) return violations
  const { tweetId, key, actorId } = write
  if (tweetId === undefined || !ids.includes(tweetId)) {
    const instead = ids.length === 0 ? '' : `; ${ids.join(', ')} has its text`
    violations.push({
      rule: 'lost',
      what: `post ${key} of ${actorId} was acknowledged as ${tweetId} and is not there${instead}`,
    })
  }
  return violations
}

/** What was acknowledged before another post was sent is the older one of the two, by its id. */
function checkAuthors(posts: readonly Write[]): Violation[] {
  const acknowledged = posts.filter(({ outcome }) => outcome === 'acknowledged')
  const byAuthor = Map.groupBy(acknowledged, ({ actorId }) => actorId)
  return [...byAuthor.values()].flatMap(checkAuthor)
}

function checkAuthor(posts: readonly Write[]): Violation[] {
  const bySending = posts.toSorted((one, other) => one.invokedAtMs - other.invokedAtMs)
  const byAnswer = posts.toSorted((one, other) => one.endedAtMs - other.endedAtMs)
  const violations: Violation[] = []
  let newest: Write | undefined
  let answered = 0
  for (const post of bySending) {
    for (; (byAnswer[answered]?.endedAtMs ?? Infinity) < post.invokedAtMs; answered++) {
      const candidate = byAnswer[answered] as Write
      if ((candidate.tweetId ?? 0) > (newest?.tweetId ?? 0)) newest = candidate
    }
    if (newest === undefined || (post.tweetId ?? 0) > (newest.tweetId ?? 0)) continue
    const what = `post ${post.key} (${post.tweetId}) was sent after ${newest.key} (${newest.tweetId}) was acknowledged`
    violations.push({ rule: 'reordered', what })
  }
  return violations
}
