/** An entry of `DeviceRequests`, for what `docker run --gpus` reads: `all`, a count, `device=0,1`. */
export function gpuRequest(text: string): object {
  const plain = text.replace(/^"|"$/g, '');
  const ids = /^device=(.+)$/.exec(plain)?.[1]?.split(',');
  const count = plain === 'all' ? -1 : Number(plain);
  return { ...(ids === undefined ? { Count: count } : { DeviceIDs: ids }), Capabilities: [['gpu']] };
}
