// What thumbnail-process.ts uses of sharp 0.35, and the program that takes the pictures of the README. The package is
// optional: where it is not installed, these types are all there is of it.

declare module 'sharp' {
  interface Sharp {
    /** Turns it as its EXIF orientation says. */
    rotate(): Sharp
    resize(options: {
      readonly width: number
      readonly height: number
      readonly fit: 'inside'
      readonly withoutEnlargement: true
    }): Sharp
    webp(options: { readonly quality: number }): Sharp
    jpeg(options: { readonly quality: number }): Sharp
    png(options: {
      readonly palette: true
      readonly colours?: number
      readonly effort?: number
    }): Sharp
    toBuffer(): Promise<Buffer>
    toFile(path: string): Promise<{ readonly size: number }>
  }

  type Options = {
    readonly limitInputPixels: number
    readonly failOn: 'error'
    readonly sequentialRead: true
  }

  const sharp: {
    (path: string, options: Options): Sharp
    (picture: Buffer): Sharp
    cache(isOn: false): void
    concurrency(threads: number): void
  }
  export = sharp
}
