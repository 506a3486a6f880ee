// What one can do with something, behind three dots.

import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { IconName } from './icons.tsx'
import { Icon } from './icons.tsx'

export type MenuEntry = {
  readonly icon: IconName
  readonly words: string
  readonly onUse: () => void
}

/** @param props.children what an entry may open, such as a dialog: it stays when the menu is closed */
export function Menu(props: {
  readonly label: string
  readonly entries: () => readonly (MenuEntry | undefined)[]
  readonly children?: ComponentChildren
}): JSX.Element {
  const [isOpen, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  useCloseOutside(root, isOpen, () => setOpen(false))
  const choose = (onUse: () => void): void => {
    setOpen(false)
    root.current?.querySelector('button')?.focus()
    onUse()
  }
  return (
    <div class="menu" ref={root}>
      <button
        type="button"
        class="action menu-button"
        aria-label={props.label}
        title={props.label}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="more" />
      </button>
      {isOpen ? (
        <ul class="menu-items">
          {props.entries().map((entry) =>
            entry === undefined ? null : (
              <li key={entry.words}>
                <button type="button" class="menu-item" onClick={() => choose(entry.onUse)}>
                  <Icon name={entry.icon} />
                  {entry.words}
                </button>
              </li>
            ),
          )}
        </ul>
      ) : null}
      {props.children}
    </div>
  )
}

/** Closes what is open on a press anywhere else, and on Escape, which gives the focus back to its button. */
export function useCloseOutside(
  root: { readonly current: HTMLElement | null },
  isOpen: boolean,
  close: () => void,
): void {
  useEffect(() => {
    if (!isOpen) return undefined
    const onPointer = (event: Event): void => {
      if (!root.current?.contains(event.target as Node)) close()
    }
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return
      close()
      root.current?.querySelector('button')?.focus()
    }
    document.addEventListener('pointerdown', onPointer)
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('pointerdown', onPointer)
      document.removeEventListener('keydown', onKey)
    }
  }, [isOpen])
}
