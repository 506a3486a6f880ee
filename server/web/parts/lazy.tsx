// Pages that are fetched when somebody goes there: the first load brings what most people look at.

import type { ComponentType, JSX } from 'preact'
import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { hasNavigated } from '../navigation.ts'

/**
 * A page that is there once its file is.
 * @param load imports it
 * @param meanwhile what stands in its place until then; a dialog has no place yet
 */
export function lazy<P extends object>(
  load: () => Promise<ComponentType<P>>,
  meanwhile: 'words' | 'nothing' = 'words',
): (props: P) => JSX.Element | null {
  let loaded: ComponentType<P> | undefined
  return function Later(props: P): JSX.Element | null {
    const [Page, setPage] = useState<ComponentType<P> | undefined>(() => loaded)
    const [attempt, setAttempt] = useState(0)
    const [isMissing, setMissing] = useState(false)
    useEffect(() => {
      if (loaded !== undefined) return
      setMissing(false)
      load().then(
        (page) => {
          loaded = page
          setPage(() => page)
        },
        () => setMissing(true),
      )
    }, [attempt])
    useLayoutEffect(() => {
      // Whoever came by a link is waiting to be told where they are.
      const isLost = document.activeElement === document.body
      if (Page === undefined || !isLost || !hasNavigated()) return
      document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
    }, [Page])
    if (Page !== undefined) return <Page {...props} />
    if (meanwhile === 'nothing') return null
    return isMissing ? (
      <div class="empty">
        <p role="alert">This page could not be fetched.</p>
        <button type="button" class="button" onClick={() => setAttempt(attempt + 1)}>
          Try again
        </button>
      </div>
    ) : (
      <p class="empty" role="status">
        Loading…
      </p>
    )
  }
}
