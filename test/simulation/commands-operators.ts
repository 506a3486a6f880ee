// Commands of the model test by which something reaches the operators, or comes from them: reports of users, and users
// and follows that are brought in. What operators do about an account is in commands-moderation.ts.

import fc from 'fast-check'
import { expect } from 'vitest'
import { FollowBatchWriter, unpackIds } from '../../protocol/batches.ts'
import type { TweetId, UserId } from '../../protocol/ids.ts'
import { partitionOfHandle, partitionOfId } from '../../protocol/ids.ts'
import { reportReasons } from '../../protocol/moderation.ts'
import type { World } from './comparison.ts'
import type { ModelTweet } from './model.ts'

export type OperatorCommand =
  | { do: 'report a tweet'; user: number; tweet: number; reason: number }
  | { do: 'report a user'; user: number; other: number; reason: number }
  | { do: 'import a user'; handle: number }
  | { do: 'import a follow'; user: number; other: number }

const n = fc.nat({ max: 1000 })

export const operatorArbitrary: fc.Arbitrary<OperatorCommand> = fc.oneof(
  fc.record({ do: fc.constant('report a tweet' as const), user: n, tweet: n, reason: n }),
  fc.record({ do: fc.constant('report a user' as const), user: n, other: n, reason: n }),
  fc.record({ do: fc.constant('import a user' as const), handle: fc.nat({ max: 8 }) }),
  fc.record({ do: fc.constant('import a follow' as const), user: n, other: n }),
)

/** Does it to the cluster and to the model. */
export async function runOperators(command: OperatorCommand, world: World): Promise<void> {
  const { users, tweets } = world.model
  if (command.do === 'import a user') return importUser(`user_${command.handle}`, world)
  const user = users[command.user % users.length]!.id
  if (command.do === 'report a tweet') {
    const tweet = tweets[command.tweet % Math.max(1, tweets.length)]
    return tweet === undefined ? undefined : reportTweet(command.reason, { user, tweet }, world)
  }
  const other = users[command.other % users.length]!.id
  if (command.do === 'report a user') return reportUser(command.reason, { user, other }, world)
  return importFollow({ user, other }, world)
}

/** The reason, and now and then some more. */
function said(number: number): { reason: string; text?: string } {
  const reason = reportReasons[number % reportReasons.length]!
  return number % 2 === 0 ? { reason } : { reason, text: `see ${number}` }
}

async function reportTweet(
  number: number,
  { user, tweet }: { user: number; tweet: ModelTweet },
  { cluster, model }: World,
): Promise<void> {
  const params = { tweetId: tweet.id as TweetId, ...said(number) }
  const answer = await cluster.call('tweet.report', params, { actor: user })
  if ('error' in answer) {
    expect(model.isHidden(user, tweet) && answer.error.code === 'not_found').toBe(true)
    return
  }
  expect(model.mayRead(user, tweet), 'I5').toBe(true)
  const { id, author, text } = model.original(tweet)
  const about = { userId: author as UserId, tweetId: id as TweetId, tweetText: text }
  model.operators.report({ reporterId: user, ...about, ...said(number) })
}

/** Also somebody across a block. */
async function reportUser(
  number: number,
  { user, other }: { user: number; other: number },
  { cluster, model }: World,
): Promise<void> {
  const about = { userId: other as UserId, ...said(number) }
  const answer = await cluster.call('user.report', about, { actor: user })
  if (user === other) {
    expect(answer).toMatchObject({ error: { code: 'cannot_report_self' } })
    return
  }
  expect(answer).toEqual({ result: {} })
  model.operators.report({ reporterId: user, ...about })
}

/** Who is there already stays as they are. */
async function importUser(handle: string, { cluster, model }: World): Promise<void> {
  const partition = partitionOfHandle(handle, cluster.partitionCount)
  const params = { partition, handles: [handle], password: 'password' }
  const answer = await cluster.call('import.users', params)
  if (model.reserved.has(handle)) {
    expect(answer).toMatchObject({ error: { code: 'reserved' } })
    return
  }
  if ('error' in answer) throw new Error(`import: ${answer.error.message}`)
  const [id] = unpackIds(answer.result.userIds)
  const known = model.users.find((user) => user.handle === handle)
  if (known === undefined) model.users.push({ id: id!, handle, name: handle })
  else expect(id, 'the same user').toBe(known.id)
}

/** An import asks nobody, so it is not for those who have asked and wait. A block is stronger; it has been heard of. */
async function importFollow(
  { user, other }: { user: number; other: number },
  { cluster, model }: World,
): Promise<void> {
  const { privacy } = model
  if (privacy.hasAsked(user, other)) return
  const writer = new FollowBatchWriter()
  writer.begin(user, 1)
  writer.add(other)
  const params = { partition: partitionOfId(user), follows: writer.copy() }
  const mayFollow = user !== other && !privacy.isBlockBetween(user, other)
  const isNew = mayFollow && !model.doesFollow(user, other)
  expect(await cluster.call('import.follows', params)).toEqual({
    result: { added: isNew ? 1 : 0 },
  })
  if (isNew) model.follow(user, other)
}
