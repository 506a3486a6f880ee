// A file as those see it who look for something in it, and what they find.

/** A whole file: gives the bytes at a place, fewer at the end. */
export type FileBytes = {
  readonly bytes: number
  read(offset: number, length: number): Promise<Buffer>
}

export type Size = { readonly width: number; readonly height: number }
