// The records of a run: one for each write that a server has acknowledged, as it stands on a line of the state
// file. What they add up to is worked out by the oracle.

import type { Visibility } from '../../protocol/entities.ts'

/** What a tweet may have beside its text. */
export type TweetMore = {
  readonly inReplyTo?: number
  readonly quoteOf?: number
  readonly visibility?: Visibility
  readonly mediaIds?: readonly string[]
  readonly location?: Place
}
export type Place = { readonly latitude: number; readonly longitude: number }

/** What an advertiser says of a promotion. */
export type PromotionTerms = {
  readonly budgetMicros: number
  readonly pricePerImpressionMicros: number
  readonly frequencyCap: number
  readonly hashtags?: readonly string[]
  readonly near?: Place & { readonly radiusMeters: number }
}

type CoreRecord =
  | { readonly type: 'run'; readonly version: 1; readonly url: string; readonly seed: string }
  | {
      readonly type: 'user'
      readonly id: number
      readonly handle: string
      readonly name: string
      readonly createdAt: number
      /** Secret. Empty for a user who was brought in and never signed in. */
      readonly token: string
    }
  /** Follows that were brought in, as many as one user has. */
  | { readonly type: 'follows'; readonly userId: number; readonly followeeIds: readonly number[] }
  | { readonly type: 'follow' | 'unfollow'; readonly userId: number; readonly followeeId: number }
  | (TweetMore & {
      readonly type: 'tweet'
      readonly id: number
      readonly authorId: number
      /** Empty for a retweet. */
      readonly text: string
      readonly createdAt: number
      readonly retweetOf?: number
    })
  /** Of a retweet as well. */
  | { readonly type: 'delete'; readonly tweetId: number }
  | { readonly type: 'favorite' | 'unfavorite'; readonly userId: number; readonly tweetId: number }
  /** A write that got no answer until the end: it may have taken effect. */
  | { readonly type: 'unsure'; readonly kind: string; readonly userId: number }

/** What users do beside posting, following and marking favorites. */
export type FeatureRecord =
  /** A request to follow somebody who is protected. */
  | { readonly type: 'ask'; readonly userId: number; readonly followeeId: number }
  | { readonly type: 'approve' | 'reject'; readonly userId: number; readonly followerId: number }
  | {
      readonly type: 'block' | 'unblock' | 'mute' | 'unmute'
      readonly userId: number
      readonly otherId: number
    }
  | { readonly type: 'protect' | 'open' | 'leave' | 'suspend'; readonly userId: number }
  | { readonly type: 'rename'; readonly userId: number; readonly name: string }
  | {
      readonly type: 'mute-word' | 'unmute-word'
      readonly userId: number
      readonly word: string
    }
  | {
      readonly type: 'mute-thread' | 'unmute-thread' | 'bookmark' | 'unbookmark' | 'pin' | 'unpin'
      readonly userId: number
      readonly tweetId: number
    }
  | {
      readonly type: 'collection'
      readonly kind: 'list' | 'moment'
      readonly id: number
      readonly ownerId: number
      readonly title: string
      readonly isPrivate: boolean
    }
  | { readonly type: 'show'; readonly collectionId: number; readonly isPrivate: boolean }
  | { readonly type: 'drop'; readonly collectionId: number }
  | { readonly type: 'entitle'; readonly collectionId: number; readonly title: string }
  /** One of its tweets stands for a moment. */
  | { readonly type: 'cover'; readonly collectionId: number; readonly itemId: number }
  /** Takes a tweet of a moment out, and puts it in again at its place. */
  | {
      readonly type: 'move'
      readonly collectionId: number
      readonly itemId: number
      readonly place: number
    }
  /** Puts a user or tweet in, at its place where there is an order; one that is in stays where it is. */
  | {
      readonly type: 'put'
      readonly collectionId: number
      readonly itemId: number
      readonly place: number
    }
  | { readonly type: 'take'; readonly collectionId: number; readonly itemId: number }
  | {
      readonly type: 'follow-collection' | 'unfollow-collection'
      readonly userId: number
      readonly collectionId: number
    }
  /** What operators have credited to somebody in all. */
  | { readonly type: 'fund'; readonly userId: number; readonly fundedMicros: number }
  | (PromotionTerms & {
      readonly type: 'promotion'
      readonly id: number
      readonly userId: number
      readonly tweetId: number
    })
  | {
      readonly type: 'pause-promotion' | 'resume-promotion' | 'end-promotion'
      readonly promotionId: number
    }
  /** One time that a reader had a promoted tweet on the screen, with the name that the server gave it. */
  | {
      readonly type: 'impression'
      readonly promotionId: number
      readonly userId: number
      readonly name: string
    }

export type StateRecord = CoreRecord | FeatureRecord

/** The member of the union whose `type` may be T. */
export type RecordOf<T, R = StateRecord> = R extends { readonly type: infer U }
  ? T extends U
    ? R
    : never
  : never
