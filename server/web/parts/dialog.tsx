// Dialogs, on the browser's own element: it keeps the focus inside, closes on Escape and gives the focus back.

import type { ComponentChildren, JSX } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from './icons.tsx'

export function Dialog(props: {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}): JSX.Element {
  const element = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useLayoutEffect(() => {
    const dialog = element.current
    dialog?.showModal()
    // Taken from the page while it is open, it would leave the focus nowhere.
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        // A choice of files that is called off tells it likewise, of itself.
        if (event.target !== element.current) return
        event.preventDefault()
        props.onClose()
      }}
      onClick={(event) => {
        event.stopPropagation()
        if (event.target === element.current) props.onClose()
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div class="dialog-inside">
        <header class="dialog-head">
          <h2 id={titleId}>{props.title}</h2>
          <button
            type="button"
            class="action"
            aria-label="Close"
            title="Close"
            onClick={props.onClose}
          >
            <Icon name="close" />
          </button>
        </header>
        {props.children}
      </div>
    </dialog>
  )
}

/** Asks before something that cannot be taken back. */
export function Confirm(props: {
  readonly title: string
  readonly text: string
  readonly action: string
  readonly onConfirm: () => void
  readonly onClose: () => void
}): JSX.Element {
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <p>{props.text}</p>
      <div class="dialog-foot">
        <button type="button" class="button" onClick={props.onClose}>
          Cancel
        </button>
        <button type="button" class="button button-danger" onClick={props.onConfirm}>
          {props.action}
        </button>
      </div>
    </Dialog>
  )
}
