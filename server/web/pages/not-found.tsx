// An address that no page has.

import type { JSX } from 'preact'
import { PageHead, useTitle } from '../parts/page-head.tsx'

export function NotFoundPage(): JSX.Element {
  useTitle('Not found')
  return (
    <>
      <PageHead title="Nothing here" />
      <div class="empty">
        <p>No page has this address. It may have been copied in part.</p>
        <p>
          <a href="/">To the start</a>
        </p>
      </div>
    </>
  )
}
