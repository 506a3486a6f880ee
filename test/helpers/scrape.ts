// What a process shows at /metrics, in a form that a test can ask.

export type Sample = {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** One metric: its type, and its samples. Of a histogram, those are the counts of observations. */
export type Family = { readonly type: string; readonly samples: readonly Sample[] }

/** All metrics of a process, by name. */
export class Scrape {
  readonly families: ReadonlyMap<string, Family>

  /** @param text in Prometheus' text format, as far as our metrics make use of it */
  constructor(text: string) {
    const families = new Map<string, Family & { readonly samples: Sample[] }>()
    for (const line of text.split('\n')) {
      const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
      if (name !== undefined && type !== undefined) families.set(name, { type, samples: [] })
      const [, sample, labels, value] = /^([a-z_]\w*)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? []
      if (sample === undefined) continue
      const family = families.get(sample) ?? families.get(sample.replace(/_count$/, ''))
      family?.samples.push({ labels: labelsOf(labels ?? ''), value: Number(value) })
    }
    this.families = families
  }

  static async of(adminPort: number): Promise<Scrape> {
    const response = await fetch(`http://127.0.0.1:${adminPort}/metrics`)
    if (!response.ok) throw new Error(`/metrics answers ${response.status}`)
    return new Scrape(await response.text())
  }

  /** The sum of the samples that have these labels. Throws where there is none. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const found = this.samples(name).filter((sample) =>
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )
    if (found.length === 0) throw new Error(`no sample of ${name} ${JSON.stringify(labels)}`)
    return found.reduce((sum, { value }) => sum + value, 0)
  }

  samples(name: string): readonly Sample[] {
    return this.families.get(name)?.samples ?? []
  }
}

function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value]),
  ) as Record<string, string>
}
