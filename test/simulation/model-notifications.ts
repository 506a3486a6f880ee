// The model of notifications: whom what others did concerns, by looking at all of it, as naive as can be.

import type { NotificationKind } from '../../protocol/notifications.ts'
import type { Model, ModelTweet } from './model.ts'

type Pair = [number, number]

/** Who did it and, where it is about a tweet, which. */
export type ModelNotification = {
  readonly kind: NotificationKind
  readonly tweetId: number | undefined
  readonly actors: ReadonlySet<number>
}

/** What a user is shown, in any order. */
export function notificationsOf(model: Model, reader: number): ModelNotification[] {
  return [
    ...ofOthersTweets(model, reader),
    ...model.tweets
      .filter((tweet) => tweet.author === reader)
      .flatMap((tweet) => ofOwnTweet(model, tweet)),
    ...ofFollows(model, reader),
  ]
}

function ofOthersTweets(model: Model, reader: number): ModelNotification[] {
  return model.tweets.flatMap((tweet) => {
    const { id, author, retweetOf } = tweet
    if (author === reader || retweetOf !== undefined) return []
    const kind = kindOf(model, reader, tweet)
    const isShown = !model.isGone(tweet) && model.mayShow(reader, tweet)
    return kind === undefined || !isShown ? [] : [{ kind, tweetId: id, actors: new Set([author]) }]
  })
}

/** How a tweet concerns somebody most. */
function kindOf(
  model: Model,
  reader: number,
  { inReplyTo, quoteOf, told = [] }: ModelTweet,
): NotificationKind | undefined {
  const isTheirs = (id: number | undefined) =>
    id !== undefined && model.tweet(id)!.author === reader
  if (isTheirs(inReplyTo)) return 'reply'
  if (isTheirs(quoteOf)) return 'quote'
  return told.includes(reader) ? 'mention' : undefined
}

/** What others did with a tweet: nothing of a muted thread, and of those only whom its author may see and hear. */
function ofOwnTweet(model: Model, tweet: ModelTweet): ModelNotification[] {
  const { id, author } = tweet
  if (model.isHidden(author, tweet) || model.isInMutedThread(author, tweet)) return []
  const mayBeTold = (user: number): boolean =>
    user !== author &&
    model.privacy.mayReadUser(author, user) &&
    !model.privacy.hasMuted(author, user)
  const favorites = model.favorites.filter(([, what]) => what === id).map(([user]) => user)
  const retweets = model.tweets.filter((one) => one.retweetOf === id && !one.isDeleted)
  const told = [
    ['favorite', favorites.filter(mayBeTold)],
    ['retweet', retweets.map((retweet) => retweet.author).filter(mayBeTold)],
  ] as const
  return told
    .filter(([, actors]) => actors.length > 0)
    .map(([kind, actors]) => ({ kind, tweetId: id, actors: new Set(actors) }))
}

function ofFollows(model: Model, reader: number): ModelNotification[] {
  const { privacy, notifications, users } = model
  const mayBeTold = (user: number): boolean =>
    users.some(({ id }) => id === user) &&
    !privacy.isBlockBetween(reader, user) &&
    !privacy.hasMuted(reader, user)
  const to = (pairs: readonly Pair[]) => pairs.filter(([, other]) => other === reader)
  const told = (pairs: readonly Pair[]) => [
    ...new Set(
      to(pairs)
        .map(([actor]) => actor)
        .filter(mayBeTold),
    ),
  ]
  const each = (kind: NotificationKind, actors: readonly number[]) =>
    actors.map((actor) => ({ kind, tweetId: undefined, actors: new Set([actor]) }))
  const followers = told(notifications.followed)
  return [
    // No run is longer than a day.
    ...(followers.length === 0
      ? []
      : [{ kind: 'follow' as const, tweetId: undefined, actors: new Set(followers) }]),
    ...each('follow_request', told(privacy.requests)),
    ...each('follow_approved', told(notifications.approved)),
  ]
}
