// The dialog in which a tweet is written: its text, its photos, whom it is for, and where it was written.

import type { JSX, RefObject } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Visibility } from '../../../protocol/entities.ts'
import { checkTweetText } from '../../../protocol/text/normalize.ts'
import { weightedLength } from '../../../protocol/text/weight.ts'
import type { PostParts } from '../client.ts'
import { AttachmentList, ChooseFiles } from './attachment-list.tsx'
import { Avatar } from './avatar.tsx'
import type { Composing } from './compose-state.ts'
import { composing, placeOf } from './compose-state.ts'
import { Counter } from './counter.tsx'
import { Dialog } from './dialog.tsx'
import { Icon } from './icons.tsx'
import type { Point } from './place.ts'
import { askPlace } from './place.ts'
import { RichText } from './rich-text.tsx'
import type { Attachments } from './use-attachments.ts'
import { useAttachments } from './use-attachments.ts'
import { useCell, useClient, useTweet, useUser, useViewer } from './use-client.ts'
import { useDraft } from './use-draft.ts'

export function ComposerHost(): JSX.Element | null {
  const what = useCell(composing)
  return what === undefined ? null : <Composer key={placeOf(what)} what={what} />
}

const titles = { new: 'New tweet', reply: 'Reply', quote: 'Quote' } as const
const problems: Readonly<Record<string, string>> = {
  control_character: 'There is a character in the text that cannot be shown.',
  not_unicode: 'There is a character in the text that cannot be shown.',
}

function Composer({ what }: { readonly what: Composing }): JSX.Element {
  const { draft, type, send, isSending, problem } = useDraft(what)
  const attachments = useAttachments()
  const box = useRef<HTMLTextAreaElement>(null)
  // At once: whoever opens it with a key goes on typing. Not before the dialog is open, which is further in.
  useLayoutEffect(() => {
    box.current?.focus()
    box.current?.setSelectionRange(draft.text.length, draft.text.length)
  }, [])
  const [audience, setAudience] = useState<Visibility>('everyone')
  const [place, setPlace] = useState<Point | undefined>(undefined)
  const checked = checkTweetText(draft.text)
  const refusal = checked.ok ? undefined : problems[checked.reason]
  const post = (): void => {
    if (!attachments.isUnsettled) void send(() => partsOf({ attachments, audience, place }))
  }
  return (
    <Dialog title={titles[what.kind]} onClose={() => composing.set(undefined)}>
      {what.kind === 'reply' ? <Context what={what} /> : null}
      <form
        class="composer"
        onSubmit={(event) => {
          event.preventDefault()
          post()
        }}
        onPaste={(event) => attachments.add(event.clipboardData?.files ?? [])}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault()
          attachments.add(event.dataTransfer?.files ?? [])
        }}
      >
        <TextBox box={box} what={what} text={draft.text} onType={type} onSend={post} />
        <AttachmentList attachments={attachments} />
        {what.kind === 'quote' ? <Context what={what} /> : null}
        <p class="form-problem" role="alert">
          {problem ?? attachments.problem ?? refusal ?? ''}
        </p>
        <div class="dialog-foot">
          <div class="composer-tools">
            <ChooseFiles attachments={attachments} />
            <PlaceButton place={place} onChange={setPlace} />
            <AudienceChoice audience={audience} onChange={setAudience} />
          </div>
          <Counter weight={weightedLength(draft.text)} />
          <button
            type="submit"
            class="button button-main"
            disabled={!checked.ok || isSending || attachments.isUnsettled}
          >
            {isSending ? 'Posting…' : 'Post'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

async function partsOf(chosen: {
  readonly attachments: Attachments
  readonly audience: Visibility
  readonly place: Point | undefined
}): Promise<PostParts> {
  const { attachments, audience, place } = chosen
  const mediaIds = [...(await attachments.ids())]
  return {
    ...(mediaIds.length === 0 ? {} : { mediaIds }),
    ...(audience === 'everyone' ? {} : { visibility: audience }),
    ...(place === undefined ? {} : { location: place }),
  }
}

function TextBox(props: {
  readonly box: RefObject<HTMLTextAreaElement>
  readonly what: Composing
  readonly text: string
  readonly onType: (text: string) => void
  readonly onSend: () => void
}): JSX.Element {
  const { what, text } = props
  const viewer = useViewer()
  return (
    <>
      <Avatar user={viewer} size="medium" />
      <textarea
        ref={props.box}
        class="composer-text"
        aria-label="Text of the tweet"
        aria-describedby="composer-count"
        placeholder={what.kind === 'reply' ? 'Your reply' : 'What have you seen?'}
        dir="auto"
        rows={4}
        value={text}
        onInput={({ currentTarget }) => props.onType(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) props.onSend()
        }}
      />
    </>
  )
}

const audienceWords = {
  everyone: 'Everyone',
  followers: 'Followers',
  mentioned: 'Mentioned',
} as const

function AudienceChoice(props: {
  readonly audience: Visibility
  readonly onChange: (audience: Visibility) => void
}): JSX.Element {
  return (
    <select
      class="audience"
      aria-label="Who can see it"
      value={props.audience}
      onChange={({ currentTarget }) => props.onChange(currentTarget.value as Visibility)}
    >
      {Object.entries(audienceWords).map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  )
}

function PlaceButton(props: {
  readonly place: Point | undefined
  readonly onChange: (place: Point | undefined) => void
}): JSX.Element {
  const client = useClient()
  const isSet = props.place !== undefined
  const press = async (): Promise<void> => {
    if (isSet) {
      props.onChange(undefined)
      return
    }
    const answer = await askPlace()
    if ('point' in answer) props.onChange(answer.point)
    else client.notices.say(answer.problem, { kind: 'failed' })
  }
  return (
    <button
      type="button"
      class="action composer-tool"
      aria-pressed={isSet}
      aria-label="Say where I am"
      title={isSet ? 'Your place goes with it' : 'Say where I am'}
      onClick={() => void press()}
    >
      <Icon name="place" isFilled={isSet} />
    </button>
  )
}

/** What is answered or quoted. */
function Context(props: {
  readonly what: Exclude<Composing, { kind: 'new' }>
}): JSX.Element | null {
  const tweet = useTweet(props.what.tweetId)
  const shown = tweet === undefined || tweet === 'gone' ? undefined : tweet
  const author = useUser(shown?.authorId ?? (0 as never))
  if (shown === undefined) return null
  return (
    <div class="quoted">
      <p class="tweet-context">
        <bdi class="author-name">{author?.name}</bdi> @{author?.handle}
      </p>
      <RichText text={shown.text} entities={shown.entities} />
    </div>
  )
}
