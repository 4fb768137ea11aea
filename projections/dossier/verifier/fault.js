// The one error that stands for bad input: its code is the reason, `field` the member concerned.
export class Fault extends Error {
  constructor(code, message, field = null) {
    super(message);
    this.code = code;
    this.field = field;
  }
}

/** Whether facts of no known shape made this error: whoever judges them answers with a finding, never with a crash. */
export const shapeless = (error) => error instanceof Fault || error instanceof TypeError || error instanceof RangeError;
