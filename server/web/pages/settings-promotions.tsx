// The tweets that the reader has promoted: what they cost, how often they were seen, and the way to stop them.

import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { TweetId } from '../../../protocol/ids.ts'
import type { Promotion } from '../../../protocol/promotions.ts'
import { formatCount } from '../parts/tweet-actions.tsx'
import { useClient, useTweet, useViewer } from '../parts/use-client.ts'
import { useDeed } from '../parts/use-deed.ts'
import { tweetPath } from '../routes.ts'
import type { CallAnswer } from '../wire/call.ts'

const microsPerUnit = 1_000_000
const money = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

type Deed = 'promotion.pause' | 'promotion.resume' | 'promotion.end'

export function PromotionSettings(): JSX.Element {
  const client = useClient()
  const { isRunning, run } = useDeed()
  const [answer, setAnswer] = useState<CallAnswer<'promotion.list'> | undefined>(undefined)
  const read = async (): Promise<void> => {
    const list = await client.call('promotion.list', {})
    for (const { tweetId } of list.promotions) {
      if (client.entities.tweet(tweetId) !== undefined) continue
      // One that is gone by now is told as gone.
      const known = await client.call('tweet.get', { tweetId }).catch(() => undefined)
      if (known !== undefined) client.entities.learnTweet(known.tweet)
    }
    setAnswer(list)
  }
  useEffect(() => {
    void run(read)
  }, [])
  const change = (name: Deed, promotionId: number): Promise<boolean> =>
    run(async () => {
      await client.call(name, { promotionId })
      await read()
    })
  const promotions = answer?.promotions ?? []
  return (
    <section class="settings" aria-labelledby="promotions-title">
      <h2 id="promotions-title">Promotions</h2>
      <p class="hint">
        The menu of a tweet of yours promotes it. Your credit:{' '}
        {money.format((answer?.availableMicros ?? 0) / microsPerUnit)}
      </p>
      {answer !== undefined && promotions.length === 0 ? <p>Nothing is promoted.</p> : null}
      <ul class="apps" aria-label="Promotions">
        {promotions.map((promotion) => (
          <Row
            key={promotion.id}
            promotion={promotion}
            isBusy={isRunning}
            onChange={(name) => void change(name, promotion.id)}
          />
        ))}
      </ul>
    </section>
  )
}

function Row(props: {
  readonly promotion: Promotion
  readonly isBusy: boolean
  readonly onChange: (name: Deed) => void
}): JSX.Element {
  const { promotion, isBusy, onChange } = props
  const { status, spentMicros, budgetMicros, impressions } = promotion
  const isActive = status === 'active'
  return (
    <li class="app">
      <p>
        <strong>
          <TweetLink tweetId={promotion.tweetId} />
        </strong>
        <span>
          {status} · {formatCount(impressions)} {impressions === 1 ? 'impression' : 'impressions'} ·{' '}
          {money.format(spentMicros / microsPerUnit)} of{' '}
          {money.format(budgetMicros / microsPerUnit)}
        </span>
      </p>
      {status === 'ended' ? null : (
        <>
          <button
            type="button"
            class="button"
            disabled={isBusy}
            onClick={() => onChange(isActive ? 'promotion.pause' : 'promotion.resume')}
          >
            {isActive ? 'Pause' : 'Resume'}
          </button>
          <button
            type="button"
            class="button button-danger"
            disabled={isBusy}
            onClick={() => onChange('promotion.end')}
          >
            End
          </button>
        </>
      )}
    </li>
  )
}

function TweetLink({ tweetId }: { readonly tweetId: TweetId }): JSX.Element {
  const tweet = useTweet(tweetId)
  const viewer = useViewer()
  if (tweet === undefined || tweet === 'gone') return <>A tweet that is gone</>
  return <a href={tweetPath(viewer?.handle ?? 'me', tweetId)}>{tweet.text}</a>
}
