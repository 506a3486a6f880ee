// One tweet in a list: who, when, what, and what one can do with it.

import type { ComponentChildren, JSX } from 'preact'
import type { Tweet } from '../../../protocol/entities.ts'
import type { TweetId } from '../../../protocol/ids.ts'
import { go } from '../navigation.ts'
import { profilePath, tweetPath } from '../routes.ts'
import { AuthorLine } from './author-line.tsx'
import { Avatar } from './avatar.tsx'
import { Icon } from './icons.tsx'
import { MediaGrid } from './media-grid.tsx'
import { RichText } from './rich-text.tsx'
import { TimeAgo } from './time.tsx'
import { TweetActions } from './tweet-actions.tsx'
import { TweetMenu } from './tweet-menu.tsx'
import { useTweet, useUser } from './use-client.ts'

/** A tweet by its id; of a retweet, the original with who retweeted it. Nothing for what is gone. */
export function TweetById(props: { readonly id: TweetId }): JSX.Element | null {
  const tweet = useTweet(props.id)
  if (tweet === undefined || tweet === 'gone') return null
  if (tweet.retweetOf === undefined) return <TweetCard tweet={tweet} />
  return <Retweet retweet={tweet} originalId={tweet.retweetOf} />
}

function Retweet(props: {
  readonly retweet: Tweet
  readonly originalId: TweetId
}): JSX.Element | null {
  const original = useTweet(props.originalId)
  const retweeter = useUser(props.retweet.authorId)
  if (original === undefined || original === 'gone') return null
  return (
    <TweetCard tweet={original}>
      <p class="tweet-context">
        <Icon name="retweet" />
        <span>
          <bdi>{retweeter?.name}</bdi> retweeted
        </span>
      </p>
    </TweetCard>
  )
}

/** @param props.children what stands above it */
export function TweetCard(props: {
  readonly tweet: Tweet
  readonly children?: ComponentChildren
}): JSX.Element {
  const { tweet } = props
  const author = useUser(tweet.authorId)
  const path = tweetPath(author?.handle ?? 'unknown', tweet.id)
  return (
    <article
      class="tweet"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: entries of a feed take the focus (ARIA, feed pattern).
      tabIndex={0}
      data-tweet={tweet.id}
      aria-labelledby={`author-${tweet.id}`}
      onClick={(event) => openUnlessUsed(event, path)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.target === event.currentTarget) go(path)
      }}
    >
      {props.children}
      <div class="tweet-columns">
        <Avatar user={author} size="medium" />
        <div class="tweet-body">
          <header class="tweet-head">
            <AuthorLine author={author} id={`author-${tweet.id}`} />
            <a class="tweet-time" href={path}>
              <TimeAgo at={tweet.createdAt} />
            </a>
            <TweetMenu tweet={tweet} author={author} />
          </header>
          <TweetContent tweet={tweet} />
          <TweetActions tweet={tweet} />
        </div>
      </div>
    </article>
  )
}

/** What it says and shows; shared with the page of the tweet. */
export function TweetContent(props: { readonly tweet: Tweet }): JSX.Element {
  const { tweet } = props
  return (
    <>
      {tweet.inReplyTo === undefined ? null : <ReplyingTo id={tweet.inReplyTo} />}
      {tweet.visibility === undefined || tweet.visibility === 'everyone' ? null : (
        <p class="tweet-context">
          <Icon name="lock" />
          {tweet.visibility === 'followers' ? 'For followers' : 'For those who are mentioned'}
        </p>
      )}
      {tweet.text === '' ? null : <RichText text={tweet.text} entities={tweet.entities} />}
      {tweet.media === undefined ? null : <MediaGrid media={tweet.media} />}
      {tweet.quoteOf === undefined ? null : <Quoted id={tweet.quoteOf} />}
    </>
  )
}

function ReplyingTo(props: { readonly id: TweetId }): JSX.Element | null {
  const parent = useTweet(props.id)
  const author = useUser(parent === undefined || parent === 'gone' ? (0 as never) : parent.authorId)
  if (author === undefined) return <p class="tweet-context">A reply</p>
  return (
    <p class="tweet-context">
      Replying to <a href={profilePath(author.handle)}>@{author.handle}</a>
    </p>
  )
}

function Quoted(props: { readonly id: TweetId }): JSX.Element {
  const tweet = useTweet(props.id)
  const shown = tweet === undefined || tweet === 'gone' ? undefined : tweet
  const author = useUser(shown?.authorId ?? (0 as never))
  if (shown === undefined || author === undefined) {
    return <p class="quoted quoted-missing">This tweet is not available.</p>
  }
  return (
    <div class="quoted">
      <header class="tweet-head">
        <AuthorLine author={author} />
        <a class="tweet-time" href={tweetPath(author.handle, shown.id)}>
          <TimeAgo at={shown.createdAt} />
        </a>
      </header>
      <RichText text={shown.text} entities={shown.entities} />
    </div>
  )
}

/** A click on the tweet opens it, unless it was meant for something in it, or marked text. */
function openUnlessUsed(event: MouseEvent, path: string): void {
  const { target } = event
  if (!(target instanceof Element) || event.defaultPrevented) return
  if (target.closest('a, button, dialog, summary, video') !== null) return
  if (getSelection()?.toString() !== '') return
  go(path)
}
