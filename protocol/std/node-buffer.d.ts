// Node's own fast paths of Buffer, which its types leave out: they skip the choice of an encoding.

declare global {
  interface Buffer {
    utf8Slice(start: number, end: number): string
    asciiSlice(start: number, end: number): string
    latin1Slice(start: number, end: number): string
    utf8Write(text: string, offset: number, length: number): number
  }
}

export {}
