// A tweet that somebody pays for: it says so, and is told once it has been on the screen.

import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Promoted } from '../../../protocol/promotions.ts'
import { impressionAfterMs, impressionShare } from '../wire/limits.ts'
import { TweetCard } from './tweet.tsx'
import { useClient, useTweet } from './use-client.ts'

export function PromotedTweet({ promoted }: { readonly promoted: Promoted }): JSX.Element | null {
  const { promotions } = useClient()
  const place = useRef<HTMLDivElement>(null)
  const tweet = useTweet(promoted.tweet.id)
  useEffect(() => {
    const element = place.current
    if (element === null) return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const observer = new IntersectionObserver(
      ([entry]) => {
        clearTimeout(timer)
        if (entry?.isIntersecting !== true) return
        timer = setTimeout(() => {
          if (document.visibilityState === 'visible') void promotions.seen(promoted)
        }, impressionAfterMs)
      },
      { threshold: impressionShare },
    )
    observer.observe(element)
    return () => {
      clearTimeout(timer)
      observer.disconnect()
    }
  }, [promoted, promotions])
  if (tweet === undefined || tweet === 'gone') return null
  return (
    <div ref={place} class="promoted">
      <TweetCard tweet={tweet}>
        <p class="tweet-context promoted-label">Promoted</p>
      </TweetCard>
    </div>
  )
}
