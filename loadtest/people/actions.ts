// Everything that the users of a load run do, as data: planned by plan.ts and feature-plan.ts, carried out by
// performer.ts and feature-acts.ts.

import type { PromotionTerms, TweetMore } from '../oracle/records.ts'

type CoreAction =
  | { readonly kind: 'post'; readonly userId: number; readonly text: string }
  | {
      readonly kind: 'follow' | 'unfollow'
      readonly userId: number
      readonly followeeId: number
      /** Somebody does the opposite at the same time: a refusal is as good, and the outcome is the same. */
      readonly isRaced?: true
    }
  | {
      readonly kind: 'favorite' | 'unfavorite' | 'delete'
      readonly userId: number
      readonly tweetId: number
    }

export type FeatureAction =
  | (Omit<TweetMore, 'mediaIds'> & {
      readonly kind: 'reply' | 'quote' | 'whisper' | 'post-more'
      readonly userId: number
      readonly text: string
      /** Pictures that are uploaded for it. */
      readonly pictures?: readonly number[]
    })
  | {
      readonly kind:
        | 'retweet'
        | 'unretweet'
        | 'bookmark'
        | 'unbookmark'
        | 'mute-thread'
        | 'unmute-thread'
        | 'pin'
        | 'unpin'
      readonly userId: number
      readonly tweetId: number
    }
  | {
      readonly kind: 'block' | 'unblock' | 'mute' | 'unmute' | 'approve' | 'reject'
      readonly userId: number
      readonly otherId: number
      readonly isRaced?: true
    }
  | { readonly kind: 'protect' | 'open'; readonly userId: number }
  | { readonly kind: 'rename'; readonly userId: number; readonly name: string }
  | { readonly kind: 'leave'; readonly userId: number; readonly password: string }
  /** What operators do to the user. */
  | { readonly kind: 'suspend'; readonly userId: number }
  | {
      readonly kind: 'mute-word' | 'unmute-word'
      readonly userId: number
      readonly word: string
    }
  | { readonly kind: 'make-list' | 'make-moment'; readonly userId: number; readonly title: string }
  | {
      readonly kind: 'put' | 'take'
      readonly userId: number
      readonly collectionId: number
      readonly itemId: number
      readonly place: number
    }
  | {
      readonly kind: 'show' | 'hide' | 'drop' | 'follow-collection' | 'unfollow-collection'
      readonly userId: number
      readonly collectionId: number
    }
  | {
      readonly kind: 'entitle'
      readonly userId: number
      readonly collectionId: number
      readonly title: string
    }
  | {
      readonly kind: 'cover' | 'move'
      readonly userId: number
      readonly collectionId: number
      readonly itemId: number
      readonly place: number
    }
  | (PromotionTerms & {
      readonly kind: 'promote'
      readonly userId: number
      readonly tweetId: number
    })
  | {
      readonly kind: 'pause-promotion' | 'resume-promotion' | 'end-promotion'
      readonly userId: number
      readonly promotionId: number
    }
  /** Reads the home timeline, and tells of the promoted tweets on it, but for those of `unsteadyIds`. */
  | { readonly kind: 'look'; readonly userId: number; readonly unsteadyIds: readonly number[] }

export type Action = CoreAction | FeatureAction

/** The member of the union whose `kind` may be K. */
export type ActionOf<K, A = Action> = A extends { readonly kind: infer U }
  ? K extends U
    ? A & { readonly kind: K }
    : never
  : never
