// What was typed and not yet sent: kept over reloads, lost gateways and closed windows.
//
// A draft carries the id of what it may become: one post for each content. Whoever sends it again after an answer that
// never came posts it once; whoever has changed it meanwhile, or goes on with it in another window, says something else.

/** What of `localStorage` is used. */
export type Keeper = {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

export type Draft = { readonly text: string; readonly operationId: string }

export class Drafts {
  readonly #keeper: Keeper
  readonly #owner: string
  readonly #makeId: () => string

  /** @param parts.owner whose drafts these are: two people may use one browser */
  constructor(parts: {
    readonly keeper: Keeper
    readonly owner: string
    readonly makeId: () => string
  }) {
    this.#keeper = parts.keeper
    this.#owner = parts.owner
    this.#makeId = parts.makeId
  }

  /** @param place what it is for: `new`, or the tweet that it replies to */
  read(place: string): Draft {
    const kept = parsed(this.#keeper.getItem(this.#key(place)))
    return kept ?? { text: '', operationId: this.#makeId() }
  }

  keep(place: string, draft: Draft): void {
    if (draft.text === '') this.forget(place)
    else this.#keeper.setItem(this.#key(place), JSON.stringify(draft))
  }

  forget(place: string): void {
    this.#keeper.removeItem(this.#key(place))
  }

  #key(place: string): string {
    return `rookery.draft.${this.#owner}.${place}`
  }
}

function parsed(text: string | null): Draft | undefined {
  if (text === null) return undefined
  try {
    const { text: kept, operationId } = JSON.parse(text) as Partial<Draft>
    if (typeof kept !== 'string' || typeof operationId !== 'string') return undefined
    return { text: kept, operationId }
  } catch {
    // Somebody else wrote there: an empty draft is better than none at all.
    return undefined
  }
}

/** @param content all that the post says: the same has the same id, in every window */
export function postIdOf({ operationId }: Draft, content: object): string {
  return `${operationId}.${hashOf(JSON.stringify(content))}`
}

/** 64 bits of a text, as letters and digits: FNV-1a (draft-eastlake-fnv) of two starts. */
function hashOf(text: string): string {
  return [0x811c9dc5, 0x050c5d1f].map((start) => fnvOf(text, start).toString(36)).join('')
}

function fnvOf(text: string, start: number): number {
  let hash = start
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
