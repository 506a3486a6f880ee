// How the actions around promoted tweets are said to a server, and what their acknowledgement means.

import type { TweetId } from '../../protocol/ids.ts'
import { pageLimitMax } from '../../protocol/limits.ts'
import type { RecordOf } from '../oracle/records.ts'
import type { Act, Hands } from './act.ts'
import type { ActionOf } from './actions.ts'

const promote: Act<ActionOf<'promote'>> = async ({ client }, action) => {
  const { kind: _, userId, tweetId, hashtags, ...terms } = action
  const { promotion } = await client.call('promotion.create', {
    ...terms,
    tweetId: tweetId as TweetId,
    ...(hashtags === undefined ? {} : { hashtags: [...hashtags] }),
  })
  const targets = hashtags === undefined ? {} : { hashtags }
  return { type: 'promotion', id: promotion.id, userId, tweetId, ...terms, ...targets }
}

const change: Act<ActionOf<'pause-promotion' | 'resume-promotion' | 'end-promotion'>> = async (
  { client },
  { kind, promotionId },
) => {
  const names = {
    'pause-promotion': 'promotion.pause',
    'resume-promotion': 'promotion.resume',
    'end-promotion': 'promotion.end',
  } as const
  await client.call(names[kind], { promotionId })
  return { type: kind, promotionId }
}

/** Two pages, as somebody who scrolls; each impression is told twice, as by a client that lost the first answer. */
async function look(
  { client, world }: Hands,
  { userId, unsteadyIds }: ActionOf<'look'>,
): Promise<readonly RecordOf<'impression'>[]> {
  const told: RecordOf<'impression'>[] = []
  let before: number | undefined
  for (let page = 0; page < 2; page++) {
    const more = before === undefined ? {} : { before }
    const shown = await client.call('timeline.home', { limit: pageLimitMax / 2, ...more })
    for (const { promotionId, impression } of shown.promoted ?? []) {
      // A promotion may be shown before its advertiser has heard that it is made.
      if (unsteadyIds.includes(promotionId) || !world.promotions.has(promotionId)) continue
      await client.call('promotion.impression', { promotionId, impression })
      await client.call('promotion.impression', { promotionId, impression })
      told.push({ type: 'impression', promotionId, userId, name: impression })
    }
    before = shown.olderCursor
    if (before === undefined) break
  }
  return told
}

export const promotionActs = {
  promote,
  'pause-promotion': change,
  'resume-promotion': change,
  'end-promotion': change,
  look,
}
