// A tweet that is being written: its text is kept with every letter, and a post that failed can be sent again
// and is posted once.

import { useState } from 'preact/hooks'
import { RequestFailure } from '../../../protocol/errors.ts'
import { checkTweetText } from '../../../protocol/text/normalize.ts'
import type { PostParts } from '../client.ts'
import { tweetPath } from '../routes.ts'
import type { Draft } from '../store/drafts.ts'
import { postIdOf } from '../store/drafts.ts'
import type { Composing } from './compose-state.ts'
import { composing, placeOf } from './compose-state.ts'
import { useClient, useViewer } from './use-client.ts'

export type Drafting = {
  readonly draft: Draft
  readonly type: (text: string) => void
  /** @param more what the tweet has beside its text, made ready */
  readonly send: (more: () => Promise<PostParts>) => Promise<void>
  readonly isSending: boolean
  readonly problem: string | undefined
}

export function useDraft(what: Composing): Drafting {
  const client = useClient()
  const viewer = useViewer()
  const place = placeOf(what)
  const [draft, setDraft] = useState(() => startOf(client.drafts.read(place), what))
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  // A post takes its time: by then the dialog may be closed, and another one be open for the same place.
  const isOpen = (): boolean => composing.value === what
  const isKept = (text: string): boolean => client.drafts.read(place).text === text
  const type = (text: string): void => {
    const next = { ...draft, text }
    setDraft(next)
    client.drafts.keep(place, next)
  }
  const send = async (more: () => Promise<PostParts>): Promise<void> => {
    if (isSending || !checkTweetText(draft.text).ok) return
    setSending(true)
    setProblem(undefined)
    const { text } = draft
    client.drafts.keep(place, draft)
    try {
      const parts = { ...(await more()), ...linksOf(what) }
      const operationId = postIdOf(draft, { text, ...parts })
      const id = await client.post(text, { ...parts, operationId })
      if (isKept(text)) client.drafts.forget(place)
      if (isOpen()) composing.set(undefined)
      const href = viewer === undefined ? {} : { href: tweetPath(viewer.handle, id) }
      client.notices.say('Your tweet is posted.', href)
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error
      const words = isKept(text) ? `${error.body.message} Your text is kept.` : error.body.message
      setProblem(words)
      if (!isOpen()) client.notices.say(`Your tweet is not posted: ${words}`, { kind: 'failed' })
    } finally {
      setSending(false)
    }
  }
  return { draft, type, send, isSending, problem }
}

/** What was kept goes before what the page would start with. */
function startOf(kept: Draft, what: Composing): Draft {
  const text = what.kind === 'new' ? (what.text ?? '') : ''
  return kept.text === '' ? { ...kept, text } : kept
}

function linksOf(what: Composing): PostParts {
  if (what.kind === 'reply') return { inReplyTo: what.tweetId }
  return what.kind === 'quote' ? { quoteOf: what.tweetId } : {}
}
