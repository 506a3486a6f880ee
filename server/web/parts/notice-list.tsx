// The messages at the foot of the window.

import type { JSX } from 'preact'
import { Icon } from './icons.tsx'
import { useCell, useClient } from './use-client.ts'

export function NoticeList(): JSX.Element {
  const { notices } = useClient()
  const shown = useCell(notices.state)
  return (
    <div class="notices" role="status">
      {shown.map(({ id, text, kind, href }) => (
        <div key={id} class={`notice notice-${kind}`}>
          <p>{text}</p>
          {href === undefined ? null : <a href={href}>View</a>}
          <button
            type="button"
            class="action"
            aria-label="Dismiss"
            onClick={() => notices.dismiss(id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  )
}
