/*
 * Makes a photo smaller on the device before it takes up the line. What the browser cannot read
 * (HEIC on most) or what would not get lighter goes as it is: the server makes all sizes itself.
 */
const LONGEST = 2_400;
const LIGHT = 600_000;
const QUALITY = 0.85;

function drawn(bitmap, longest) {
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function read(blob) {
  try {
    return await createImageBitmap(blob, { imageOrientation: "from-image" });
  } catch {
    return null;
  }
}

/* Gives what is to be sent. */
export async function shrunk(file) {
  const bitmap = await read(file);
  if (!bitmap) return file;
  try {
    const isLarge = Math.max(bitmap.width, bitmap.height) > LONGEST;
    if (!isLarge && file.size < LIGHT) return file;
    const canvas = drawn(bitmap, LONGEST);
    const made = await new Promise((give) => canvas.toBlob(give, "image/jpeg", QUALITY));
    return made && made.size < file.size ? made : file;
  } catch {
    return file;
  } finally {
    bitmap.close();
  }
}

/* A small drawing of it for the page, or null where the browser cannot read it. */
export async function preview(blob, longest = 480) {
  const bitmap = await read(blob);
  if (!bitmap) return null;
  const canvas = drawn(bitmap, longest);
  bitmap.close();
  return canvas;
}
