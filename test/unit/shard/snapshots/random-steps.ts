// The steps of random logs: what somebody does, before it is known whether that can be done.

import fc from 'fast-check'
import type { Partition } from '../../../../protocol/ids.ts'
import { type CollectionDeed, collectionDeeds } from './random-collections.ts'
import { type PrivacyDeed, privacyDeeds } from './random-privacy.ts'
import { type ProfileDeed, profileDeeds } from './random-profiles.ts'
import { type PromotionDeed, promotionDeeds } from './random-promotions.ts'

export const partitions: readonly Partition[] = [0, 1, 2, 3]
export const cluster = 'crows'

const deeds = ['signUp', 'signIn', 'signOut', 'wait', 'post', 'post', 'reply', 'delete'] as const
export const marks = ['favorite', 'unfavorite', 'bookmark', 'unbookmark'] as const
const references = ['quote', 'retweet', 'retweet', 'unretweet', 'post', 'post'] as const
const edges = ['follow', 'follow', 'follow', 'unfollow', 'leave'] as const

type PlainDeed = (typeof deeds | typeof marks | typeof references | typeof edges)[number]
export type Step = {
  readonly does: PlainDeed | CollectionDeed | PrivacyDeed | ProfileDeed | PromotionDeed
  readonly who: number
  readonly which: number
}

export const someSteps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    does: fc.constantFrom(
      ...deeds,
      ...marks,
      ...references,
      ...profileDeeds,
      ...edges,
      ...collectionDeeds,
      ...privacyDeeds,
      ...promotionDeeds,
    ),
    who: fc.nat(100),
    which: fc.nat(100),
  }),
  { minLength: 20, maxLength: 90, size: 'max' },
)

/** Any of the partitions, in any order. */
export const someOrder = fc.shuffledSubarray([...partitions], { minLength: partitions.length })
export const somePartitions = fc.subarray([...partitions])
