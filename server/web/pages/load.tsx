// What a page needs before it can be drawn: asked for once, told when it cannot be had.

import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { ErrorBody } from '../../../protocol/errors.ts'
import { RequestFailure } from '../../../protocol/errors.ts'
import { PageHead } from '../parts/page-head.tsx'

export type Loaded<T> = {
  readonly value: T | undefined
  readonly error: ErrorBody | undefined
  readonly again: () => void
}

/**
 * @param known what is there already: shown at once, and read anew all the same
 * @param read rejects with RequestFailure
 */
export function useLoaded<T>(known: T | undefined, read: () => Promise<T>): Loaded<T> {
  const [value, setValue] = useState(known)
  const [error, setError] = useState<ErrorBody | undefined>(undefined)
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    let isCurrent = true
    read().then(
      (read_) => {
        if (isCurrent) setValue(() => read_)
      },
      (failed: unknown) => {
        if (!(failed instanceof RequestFailure)) throw failed
        if (isCurrent) setError(failed.body)
      },
    )
    return () => {
      isCurrent = false
    }
  }, [attempt])
  const again = (): void => {
    setError(undefined)
    setAttempt(attempt + 1)
  }
  return { value, error, again }
}

/** Stands where the page would: that it loads, that it is not there, or that it could not be had. */
export function LoadProblem(props: {
  readonly title: string
  readonly loaded: Loaded<unknown>
  readonly missing: string
}): JSX.Element {
  const { title, loaded, missing } = props
  const { error } = loaded
  return (
    <>
      <PageHead title={title} hasBack />
      <div class="empty">
        {error === undefined ? <p role="status">Loading…</p> : null}
        {error?.code === 'not_found' ? <p role="alert">{missing}</p> : null}
        {error === undefined || error.code === 'not_found' ? null : (
          <>
            <p role="alert">{error.message}</p>
            <button type="button" class="button" onClick={loaded.again}>
              Try again
            </button>
          </>
        )}
      </div>
    </>
  )
}
