import { failure } from '../../protocol/errors.ts'
import type { TweetId, UserId } from '../../protocol/ids.ts'
import { partitionOfId, timeOfId } from '../../protocol/ids.ts'
import { makeSealKey } from '../../protocol/impressions.ts'
import { promotionsPerUserMax } from '../../protocol/limits.ts'
import type { Event } from '../../protocol/operation.ts'
import { promotionCreate } from '../../protocol/operations/promotion-create.ts'
import type { PromotionRecord } from '../../protocol/promotions.ts'
import type { ShardState } from '../state/shard-state.ts'
import { findReadableTweet } from './find.ts'
import type { Context, Decision, View } from './implement.ts'
import { implementWrite } from './implement.ts'
import { claimOfBudgets, isForEveryone, writePromotion } from './promotions.ts'
import { isSuspended } from './visibility.ts'

// A tweet that is about to be deleted, and an account that is about to leave, are waited for.
export const promotionCreateHandler = implementWrite(promotionCreate, {
  claims: ({ actor }, { tweetId }) => [
    claimOfBudgets(actor),
    { shared: `account ${actor}` },
    `tweet ${tweetId}`,
  ],

  decide(view, context, { operationId, ...asked }) {
    const { actor } = context
    const made = madeBefore(view, context, operationId)
    if (made !== undefined) return repeated(view, made)
    const no = refusalOf(view, context, asked)
    if (no !== undefined) return no
    return {
      kind: 'committed',
      event: {
        promotionId: context.newId(),
        userId: actor,
        ...asked,
        key: makeSealKey(context.random),
        ...(operationId === undefined ? {} : { operationId }),
      },
    }
  },

  apply(state, event) {
    const { promotionId, userId, operationId, ...said } = event
    state.noteIssuedId(promotionId)
    state.promotions.create(userId, newPromotion(promotionId, said))
    // The suspension of the account may have been decided later and landed earlier.
    const isClosed = isSuspended(state, state.users.index.intern(userId))
    if (isClosed) state.promotions.end(promotionId, 'account')
    if (operationId !== undefined) remember(state, { userId, promotionId, operationId })
    return 0
  },

  answer(view, context, { params, event }, writer) {
    const id = event?.promotionId ?? madeBefore(view, context, params.operationId)
    writer.map(1)
    writer.text('promotion')
    writePromotion(writer, view.promotions.find(id as number) as PromotionRecord)
  },
})

type Asked = {
  readonly tweetId: TweetId
  readonly budgetMicros: number
  readonly pricePerImpressionMicros: number
}

function refusalOf(
  view: View,
  { actor, actorIndex }: Context,
  { tweetId, budgetMicros, pricePerImpressionMicros }: Asked,
): Exclude<Decision<typeof promotionCreate>, { kind: 'committed' | 'unchanged' }> | undefined {
  const tweet = findReadableTweet(view, actorIndex, tweetId)
  if (typeof tweet !== 'number') return tweet
  if (view.tweets.authorOf(tweet) !== actorIndex) return { kind: 'refused', code: 'not_own' }
  if (view.tweets.isRetweet(tweet) || !isForEveryone(view, tweet)) {
    return { kind: 'refused', code: 'not_public' }
  }
  if (pricePerImpressionMicros > budgetMicros) return { kind: 'refused', code: 'over_budget' }
  if (budgetMicros > view.promotions.availableOf(actor)) {
    return { kind: 'refused', code: 'not_funded' }
  }
  const kept = view.promotions.listOf(actor)
  const isFull =
    kept.length >= promotionsPerUserMax && kept.every(({ status }) => status !== 'ended')
  if (!isFull) return undefined
  const message = `At most ${promotionsPerUserMax} promotions at a time: end another first.`
  return { kind: 'failed', error: failure('too_large', { message }) }
}

type Said = Omit<Event<typeof promotionCreate>, 'promotionId' | 'userId' | 'operationId'>

function newPromotion(id: number, said: Said): PromotionRecord {
  return { id, ...said, status: 'active', impressions: 0 }
}

/** The promotion that an earlier attempt has made. */
function madeBefore(
  view: View,
  { actor, partition }: Context,
  operationId: string | undefined,
): number | undefined {
  if (operationId === undefined) return undefined
  const attempt = { operation: promotionCreate.code, actor, operationId }
  return view.remembered(partition).resultOf(attempt)
}

/** The first attempt took effect: what it made is the answer, as long as it is kept. */
function repeated(view: View, promotionId: number) {
  if (view.promotions.find(promotionId) !== undefined) return { kind: 'unchanged' } as const
  const message = 'This operation made a promotion that ended long ago.'
  return { kind: 'failed', error: failure('not_found', { message }) } as const
}

function remember(
  state: ShardState,
  made: { readonly userId: UserId; readonly promotionId: number; readonly operationId: string },
): void {
  if (!state.isHosted(made.userId)) return
  state.remembered(partitionOfId(made.userId)).remember({
    operation: promotionCreate.code,
    actor: made.userId,
    operationId: made.operationId,
    result: made.promotionId,
    timeMs: timeOfId(made.promotionId),
  })
}
