// Tells the operators of a tweet or a user.

import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { reportTextLengthMax } from '../../../protocol/limits.ts'
import { Dialog } from './dialog.tsx'
import { useClient } from './use-client.ts'
import { useDeed } from './use-deed.ts'

export type Reported =
  | { readonly kind: 'tweet'; readonly tweetId: TweetId }
  | { readonly kind: 'user'; readonly userId: UserId }

const reasons = [
  ['spam', 'Spam'],
  ['abuse', 'Abuse or harassment'],
  ['impersonation', 'Somebody pretends to be somebody else'],
  ['sensitive', 'Sensitive content without a warning'],
  ['self_harm', 'Self-harm'],
  ['illegal', 'Against the law'],
  ['other', 'Something else'],
] as const

export function ReportDialog(props: {
  readonly reported: Reported
  readonly onClose: () => void
}): JSX.Element {
  const { reported, onClose } = props
  const id = useId()
  const client = useClient()
  const { isRunning, run } = useDeed()
  const send = async (data: FormData): Promise<void> => {
    const text = String(data.get('text') ?? '').trim()
    const said = { reason: String(data.get('reason')), ...(text === '' ? {} : { text }) }
    const isDone = await run(
      () =>
        reported.kind === 'tweet'
          ? client.call('tweet.report', { tweetId: reported.tweetId, ...said })
          : client.call('user.report', { userId: reported.userId, ...said }),
      'Thank you. The operators will look at it.',
    )
    if (isDone) onClose()
  }
  return (
    <Dialog title={reported.kind === 'tweet' ? 'Report this tweet' : 'Report'} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void send(new FormData(event.currentTarget))
        }}
      >
        <fieldset class="choices">
          <legend>What is wrong?</legend>
          {reasons.map(([reason, words]) => (
            <label key={reason} class="choice">
              <input type="radio" name="reason" value={reason} required />
              <span>{words}</span>
            </label>
          ))}
        </fieldset>
        <div class="field">
          <label for={id}>Anything else that helps (optional)</label>
          <textarea id={id} name="text" rows={3} maxLength={reportTextLengthMax} />
        </div>
        <div class="dialog-foot">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button button-main" disabled={isRunning}>
            Report
          </button>
        </div>
      </form>
    </Dialog>
  )
}
