// What the people of random logs do about their profiles: they pin tweets, and show a picture while one is pinned.

import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { mediaIdOf } from '../../../../protocol/media.ts'
import type { OperationName } from '../../../../protocol/registry.ts'

export const profileDeeds = ['pin', 'unpin'] as const
export type ProfileDeed = (typeof profileDeeds)[number]

export function isProfileDeed(does: string): does is ProfileDeed {
  return (profileDeeds as readonly string[]).includes(does)
}

export function photoOf(number: number) {
  const id = mediaIdOf(Buffer.alloc(32, number), 'jpg')
  return { id, kind: 'photo', width: 640, height: 480 }
}

/** Files that profiles and tweets show. */
export const photoIds: readonly string[] = [0, 1, 2, 4].map((number) => photoOf(number).id)

/** The tweet may be pinned already, or not. */
export function profileEvents(
  does: ProfileDeed,
  pinned: { readonly userId: UserId; readonly tweetId: TweetId },
): readonly (readonly [OperationName, object])[] {
  const avatarUrl = does === 'pin' ? `/v1/media/${photoIds[3]}/thumbnail` : ''
  return [
    [`tweet.${does}`, pinned],
    ['user.update', { userId: pinned.userId, avatarUrl }],
  ]
}
