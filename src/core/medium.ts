// A picture or a recording with its media type, in requests and in answers.

export interface Medium {
  /** E.g. `image/png`; empty if nobody says. */
  readonly type: string;
  /** Bytes, or the same in base64: whichever form came in, so that nothing is converted without need. */
  readonly data: Uint8Array | string;
}

/** A file in a multipart form. */
export interface FormFile {
  /** The field's name. */
  readonly field: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}
