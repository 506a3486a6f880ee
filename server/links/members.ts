// Where the shards are: what the operator or the supervisor says (the seeds), and what the shards say of
// each other. Pure.
//
// An address may be out of date on either side: a setting is as old as the process, a shard's word as old
// as the last heartbeat it saw. So no side is believed alone; all addresses of a name are kept, to be
// tried in turn, the seed's first.

/** Addresses by the name of their shard: `host:port`. */
export type Addresses = Readonly<Record<string, string>>

export class Members {
  #seeds: Addresses = {}
  /** By the name of the shard that said so. */
  readonly #words = new Map<string, Addresses>()

  setSeeds(seeds: Addresses): void {
    this.#seeds = seeds
  }

  /** A shard says whom it knows of. */
  tell(shard: string, members: Addresses): void {
    this.#words.set(shard, members)
  }

  /** A shard is gone, and its word with it. */
  forget(shard: string): void {
    this.#words.delete(shard)
  }

  /** All shards by name, with every address that anybody says they have. */
  addresses(): ReadonlyMap<string, readonly string[]> {
    const all = new Map<string, string[]>()
    for (const word of [this.#seeds, ...this.#words.values()]) {
      for (const [name, address] of Object.entries(word)) {
        if (!isAddress(address)) continue
        const known = all.get(name)
        if (known === undefined) all.set(name, [address])
        else if (!known.includes(address)) known.push(address)
      }
    }
    return all
  }
}

/** Splits `host:port`; an IPv6 address may stand in brackets. */
export function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const split = address.lastIndexOf(':')
  return {
    host: address.slice(0, split).replace(/^\[|\]$/g, ''),
    port: Number(address.slice(split + 1)),
  }
}

/** Whether it is one that can be connected to. */
export function isAddress(address: string): boolean {
  const match = /^[^=]+:(\d{1,5})$/.exec(address)
  const port = Number(match?.[1] ?? 0)
  return port >= 1 && port <= 65_535
}
