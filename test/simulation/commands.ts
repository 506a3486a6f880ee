// The commands of the model test: each does one thing to the cluster and the same to the model, and
// checks the answer against the model at once.

import fc from 'fast-check'
import { expect } from 'vitest'
import type { AccountCommand } from './commands-accounts.ts'
import { accountArbitrary, isAccountCommand, runAccounts } from './commands-accounts.ts'
import type { CollectionCommand } from './commands-collections.ts'
import { collectionArbitrary, isCollectionCommand, runCollections } from './commands-collections.ts'
import type { MarkCommand } from './commands-marks.ts'
import { isMarkCommand, markArbitrary, runMarks } from './commands-marks.ts'
import type { MediaCommand } from './commands-media.ts'
import { isMediaCommand, mediaArbitrary, runMedia } from './commands-media.ts'
import type { ModerationCommand } from './commands-moderation.ts'
import { isModerationCommand, moderationArbitrary, runModeration } from './commands-moderation.ts'
import type { NotificationCommand } from './commands-notifications.ts'
import {
  isNotificationCommand,
  notificationArbitrary,
  runNotifications,
} from './commands-notifications.ts'
import type { OperatorCommand } from './commands-operators.ts'
import { operatorArbitrary, runOperators } from './commands-operators.ts'
import type { PrivacyCommand } from './commands-privacy.ts'
import { isPrivacyCommand, privacyArbitrary, runPrivacy } from './commands-privacy.ts'
import type { ProfileCommand } from './commands-profiles.ts'
import { isProfileCommand, profileArbitrary, runProfile } from './commands-profiles.ts'
import type { PromotionCommand } from './commands-promotions.ts'
import { isPromotionCommand, promotionArbitrary, runPromotions } from './commands-promotions.ts'
import type { RetweetCommand } from './commands-retweets.ts'
import { isRetweetCommand, retweetArbitrary, runRetweets } from './commands-retweets.ts'
import type { TweetCommand } from './commands-tweets.ts'
import { isTweetCommand, runTweets, tweetArbitrary } from './commands-tweets.ts'
import type { World } from './comparison.ts'
import { compareAll } from './comparison.ts'

/** Numbers are taken modulo what is there, so that any command fits any state and shrinks well. */
export type Command =
  | TweetCommand
  | RetweetCommand
  | PrivacyCommand
  | CollectionCommand
  | ModerationCommand
  | MediaCommand
  | MarkCommand
  | NotificationCommand
  | PromotionCommand
  | ProfileCommand
  | AccountCommand
  | OperatorCommand
  | { do: 'sign up'; handle: number }
  | { do: 'restart'; shard: number }
  | { do: 'let time pass'; ms: number; steps: number }
  | { do: 'compare' }

const n = fc.nat({ max: 1000 })

export const commandArbitrary: fc.Arbitrary<Command> = fc.oneof(
  { weight: 84, arbitrary: tweetArbitrary },
  { weight: 14, arbitrary: retweetArbitrary },
  { weight: 14, arbitrary: privacyArbitrary },
  { weight: 10, arbitrary: mediaArbitrary },
  { weight: 12, arbitrary: markArbitrary },
  { weight: 4, arbitrary: notificationArbitrary },
  { weight: 5, arbitrary: profileArbitrary },
  { weight: 14, arbitrary: collectionArbitrary },
  { weight: 2, arbitrary: moderationArbitrary },
  { weight: 1, arbitrary: promotionArbitrary },
  { weight: 6, arbitrary: accountArbitrary },
  { weight: 3, arbitrary: operatorArbitrary },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('sign up' as const), handle: fc.nat({ max: 8 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), shard: n }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('let time pass' as const),
      ms: fc.nat({ max: 50 }),
      steps: fc.nat({ max: 30 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('compare' as const) }) },
)

/** A command that needs a user or a tweet, where there is none yet, does nothing. */
export async function run(command: Command, world: World): Promise<void> {
  const { cluster, model } = world
  switch (command.do) {
    case 'sign up':
      return signUp(`user_${command.handle}`, world)
    case 'restart':
      return cluster.restart(command.shard)
    case 'let time pass':
      cluster.nowMs += command.ms
      for (let step = 0; step < command.steps; step++) await cluster.step()
      return
    case 'compare':
      return compareAll(world)
  }
  if (model.users.length === 0) return
  if (isTweetCommand(command)) return runTweets(command, world)
  if (isRetweetCommand(command)) return runRetweets(command, world)
  if (isModerationCommand(command)) return runModeration(command, world)
  if (isPromotionCommand(command)) return runPromotions(command, world)
  if (isPrivacyCommand(command)) return runPrivacy(command, world)
  if (isMediaCommand(command)) return runMedia(command, world)
  if (isMarkCommand(command)) return runMarks(command, world)
  if (isNotificationCommand(command)) return runNotifications(command, world)
  if (isProfileCommand(command)) return runProfile(command, world)
  if (isCollectionCommand(command)) return runCollections(command, world)
  if (isAccountCommand(command)) return runAccounts(command, world)
  return runOperators(command, world)
}

async function signUp(handle: string, { cluster, model }: World): Promise<void> {
  const answer = await cluster.call('account.create', {
    handle,
    name: handle,
    password: 'password',
  })
  if (model.reserved.has(handle) || model.users.some((user) => user.handle === handle)) {
    expect(answer).toMatchObject({ error: { code: 'handle_taken' } })
    return
  }
  if ('error' in answer) throw new Error(`sign-up: ${answer.error.message}`)
  const { user, token } = answer.result
  model.users.push({ id: user.id, handle, name: handle })
  model.accounts.sessions.push([user.id, token])
}
