// What is being written, if anything: any part of the page may open the dialog.

import type { TweetId } from '../../../protocol/ids.ts'
import { Cell } from '../store/cell.ts'

export type Composing =
  | { readonly kind: 'new'; readonly text?: string }
  | { readonly kind: 'reply'; readonly tweetId: TweetId }
  | { readonly kind: 'quote'; readonly tweetId: TweetId }

export const composing: Cell<Composing | undefined> = new Cell<Composing | undefined>(undefined)

export function compose(what: Composing): void {
  composing.set(what)
}

/** The name under which its draft is kept. */
export function placeOf(what: Composing): string {
  return what.kind === 'new' ? 'new' : `${what.kind} ${what.tweetId}`
}
