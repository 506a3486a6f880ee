// Pages and dialogs that are fetched when somebody goes there: the first load brings what most people look at.

import type { ComponentType, JSX } from 'preact'
import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { hasNavigated } from '../navigation.ts'
import { useClient } from './use-client.ts'

/**
 * A page that is there once its file is.
 * @param load imports it
 */
export function lazy<P extends object>(
  load: () => Promise<ComponentType<P>>,
): (props: P) => JSX.Element {
  let loaded: ComponentType<P> | undefined
  return function Later(props: P): JSX.Element {
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

/** A dialog, likewise. It has no place on the page until it is there: where it cannot be fetched, it says so and closes. */
export function lazyDialog<P extends { readonly onClose: () => void }>(
  load: () => Promise<ComponentType<P>>,
): (props: P) => JSX.Element | null {
  let loaded: ComponentType<P> | undefined
  return function Later(props: P): JSX.Element | null {
    const { notices } = useClient()
    const [Dialog, setDialog] = useState<ComponentType<P> | undefined>(() => loaded)
    useEffect(() => {
      if (loaded !== undefined) return
      load().then(
        (dialog) => {
          loaded = dialog
          setDialog(() => dialog)
        },
        () => {
          const text = 'This could not be fetched. Try again, or load the page anew.'
          notices.say(text, { kind: 'failed' })
          props.onClose()
        },
      )
    }, [])
    return Dialog === undefined ? null : <Dialog {...props} />
  }
}
