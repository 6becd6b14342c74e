/** The same bytes in pieces of `partBytes`, the last one shorter; none for no bytes. */
export async function* inParts(
  chunks: AsyncIterable<Uint8Array>,
  partBytes: number,
): AsyncGenerator<Buffer, undefined> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of chunks) {
    let rest = chunk;
    while (heldBytes + rest.length >= partBytes) {
      const taken = partBytes - heldBytes;
      yield Buffer.concat([...held, rest.subarray(0, taken)], partBytes);
      rest = rest.subarray(taken);
      held = [];
      heldBytes = 0;
    }
    if (rest.length > 0) held.push(rest);
    heldBytes += rest.length;
  }
  if (heldBytes > 0) yield Buffer.concat(held, heldBytes);
  return undefined;
}
