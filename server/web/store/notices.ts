// Short messages at the foot of the window: what was done, and what did not work.

import { noticeShownMs, noticesMax } from '../wire/limits.ts'
import { Cell } from './cell.ts'

export type Notice = {
  readonly id: number
  readonly text: string
  readonly kind: 'done' | 'failed'
  /** Where what it tells of can be seen. */
  readonly href?: string
}

export class Notices {
  readonly state: Cell<readonly Notice[]> = new Cell<readonly Notice[]>([])
  #lastId = 0

  say(
    text: string,
    options: { readonly kind?: Notice['kind']; readonly href?: string } = {},
  ): void {
    const id = ++this.#lastId
    const notice = { id, text, kind: options.kind ?? 'done', ...hrefOf(options.href) }
    // What is said again is said once, at its newest.
    this.state.update((notices) =>
      [...notices.filter((one) => one.text !== text), notice].slice(-noticesMax),
    )
    setTimeout(() => this.dismiss(id), noticeShownMs)
  }

  dismiss(id: number): void {
    this.state.update((notices) => notices.filter((notice) => notice.id !== id))
  }
}

function hrefOf(href: string | undefined): { href?: string } {
  return href === undefined ? {} : { href }
}
