// The photos and the video of a tweet that is being written. Each goes to the server as soon as it is chosen, so
// that what is wrong with it is known before the text is done; its words follow when the tweet is sent.

import { useEffect, useRef, useState } from 'preact/hooks'
import type { ErrorBody } from '../../../protocol/errors.ts'
import { RequestFailure } from '../../../protocol/errors.ts'
import { mediaPerTweetMax } from '../../../protocol/limits.ts'
import type { Medium } from '../../../protocol/media.ts'
import { upload } from '../wire/upload.ts'

export type Attachment = {
  readonly key: number
  readonly file: File
  readonly kind: Medium['kind']
  /** Of the file in this browser: shown before it has gone anywhere. */
  readonly previewUrl: string
  readonly alt: string
  /** Absent until the server has it. */
  readonly medium?: Medium
  readonly error?: ErrorBody
}

export type Attachments = {
  readonly shown: readonly Attachment[]
  readonly problem: string | undefined
  /** Whether something is still on its way, or was refused. */
  readonly isUnsettled: boolean
  readonly add: (files: Iterable<File>) => void
  readonly describe: (key: number, alt: string) => void
  readonly remove: (key: number) => void
  /** Their ids, with their words told. Rejects with RequestFailure. */
  readonly ids: () => Promise<readonly string[]>
}

let lastKey = 0

export function useAttachments(): Attachments {
  const [shown, setShown] = useState<readonly Attachment[]>([])
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const newest = useRef(shown)
  newest.current = shown
  useEffect(() => () => newest.current.forEach(release), [])
  const change = (key: number, more: Partial<Attachment>): void =>
    setShown((all) => all.map((one) => (one.key === key ? { ...one, ...more } : one)))
  const add = (files: Iterable<File>): void => {
    const fresh = [...files].filter(({ type }) => /^(image|video)\//.test(type)).map(attachmentOf)
    const refusal = refusalOf([...newest.current, ...fresh])
    setProblem(refusal)
    if (refusal !== undefined || fresh.length === 0) {
      fresh.forEach(release)
      return
    }
    setShown((all) => [...all, ...fresh])
    for (const { key, file } of fresh) void send(key, file, change)
  }
  const remove = (key: number): void => {
    setProblem(undefined)
    newest.current.filter((one) => one.key === key).forEach(release)
    setShown((all) => all.filter((one) => one.key !== key))
  }
  return {
    shown,
    problem: problem ?? shown.find(({ error }) => error !== undefined)?.error?.message,
    isUnsettled: shown.some(({ medium }) => medium === undefined),
    add,
    describe: (key, alt) => change(key, { alt }),
    remove,
    ids: () => Promise.all(newest.current.map(described)),
  }
}

function attachmentOf(file: File): Attachment {
  const kind = file.type.startsWith('video/') ? 'video' : 'photo'
  return { key: ++lastKey, file, kind, previewUrl: URL.createObjectURL(file), alt: '' }
}

function release({ previewUrl }: Attachment): void {
  URL.revokeObjectURL(previewUrl)
}

/** Up to four photos, or one video. */
function refusalOf(all: readonly Attachment[]): string | undefined {
  const hasVideo = all.some(({ kind }) => kind === 'video')
  if (hasVideo && all.length > 1) return 'A tweet has photos or one video.'
  return all.length > mediaPerTweetMax
    ? `A tweet has at most ${mediaPerTweetMax} photos.`
    : undefined
}

async function send(
  key: number,
  file: File,
  change: (key: number, more: Partial<Attachment>) => void,
): Promise<void> {
  try {
    change(key, { medium: await upload(file, '') })
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error
    change(key, { error: error.body })
  }
}

/** The words belong to the upload: the same file with words takes the place of the one without. */
async function described({ file, alt, medium }: Attachment): Promise<string> {
  const words = alt.trim()
  const told = medium === undefined || words !== '' ? await upload(file, words) : medium
  return told.id
}
