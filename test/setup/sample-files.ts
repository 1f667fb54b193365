import { crc32, deflateSync } from 'node:zlib'

/** Makes a picture that a browser shows: blue to green, `width` by `height`, uncompressed with three bytes a pixel. */
export function pngPicture(width = 200, height = 200): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // Eight bits for each of red, green and blue.
  header.set([8, 2], 8)
  const rows = Array.from({ length: height }, (_, y) => row(width, Math.floor((y * 255) / height)))
  const data = deflateSync(Buffer.concat(rows), { level: 0 })
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Makes a row. PNG specification, section 9: each row begins with its filter, here none. */
function row(width: number, shade: number): Buffer {
  const bytes = Buffer.alloc(1 + 3 * width)
  for (let x = 0; x < width; x++) bytes.set([Math.floor((x * 160) / width), shade, 200], 1 + 3 * x)
  return bytes
}

/** Makes a chunk. PNG specification, section 5.3: length, type, data, and a checksum of type and data. */
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(body.length + 8)
  frame.writeUInt32BE(data.length, 0)
  frame.set(body, 4)
  frame.writeUInt32BE(crc32(body) >>> 0, body.length + 4)
  return frame
}
