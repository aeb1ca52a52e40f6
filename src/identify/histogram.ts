/** The name of this descriptor in stored appearances. */
export const colourHistogram = 'colour-histogram';

/** Size of the pictures described, px. */
const width = 128;
const height = 256;
/** Every fourth pixel of every fourth row is looked at: the boxes of people are mostly smaller than what they are scaled to. */
const step = 4;

/** The top and bottom tenths of a box are mostly ground and background. */
const top = 0.1;
const bottom = 0.9;
/** Of the Gaussian weight around the middle of the box, in widths of it: at its sides is background. */
const spreadX = 0.13;

const stripes = 6;
const lightnessBins = 12;
const chromaBins = 8;
/** Clothes are near grey: the square root spreads small chroma over more bins. Beyond this all counts as the strongest. */
const strongestChroma = 40;

/** Of one stripe: lightness, then a* × b*. */
const stripeLength = lightnessBins + chromaBins * chromaBins;
const vectorLength = stripes * stripeLength;

/**
 * Describes the colours of an upright person or a thing: for each of six stripes below one another, a histogram of
 * lightness and one of chroma (CIE L*a*b*, D65), each pixel shared between the nearest bins and stripes and weighted by its
 * nearness to the middle of the box. The square root of the shares makes the cosine of two vectors the Bhattacharyya
 * coefficient of their histograms (Kailath 1967). It needs no weights, but tells people by their clothes alone and takes
 * another light for other clothes.
 *
 * @param planar planes of 256×128 bytes, red first
 * @returns 456 values of length 1 together, none negative
 */
export function histogramOf(planar: Uint8Array): Float32Array {
  const plane = width * height;
  if (planar.length !== 3 * plane)
    throw new Error(`a picture of 3 × ${height} × ${width} bytes is wanted, not ${planar.length} bytes`);
  const sums = new Float32Array(vectorLength);
  for (let y = step / 2; y < height; y += step) {
    const along = (y / height - top) / (bottom - top);
    if (along < 0 || along > 1) continue;
    const stripe = between(along, stripes);
    for (let x = step / 2; x < width; x += step) {
      const i = y * width + x;
      const lab = labOf(planar[i] ?? 0, planar[i + plane] ?? 0, planar[i + 2 * plane] ?? 0);
      const weight = columnWeights[x] ?? 0;
      addPixel(sums, stripe.low * stripeLength, weight * (1 - stripe.share), lab);
      if (stripe.share > 0) addPixel(sums, (stripe.low + 1) * stripeLength, weight * stripe.share, lab);
    }
  }
  return unitRoots(sums);
}

const columnWeights = Float64Array.from({ length: width }, (_, x) =>
  Math.exp(-(((x / width - 0.5) / spreadX) ** 2) / 2),
);

interface Lab {
  readonly lightness: Place;
  readonly a: Place;
  readonly b: Place;
}

/** Between which bins a value lies: a part of `share` belongs to the bin above `low`. */
interface Place {
  readonly low: number;
  readonly share: number;
}

function between(value: number, bins: number): Place {
  const place = Math.min(bins - 1, Math.max(0, value * bins - 0.5));
  const low = Math.min(bins - 2, Math.floor(place));
  return { low, share: place - low };
}

const linear = Float64Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

/** sRGB to CIE L*a*b* with white D65, as places among the bins. */
function labOf(red: number, green: number, blue: number): Lab {
  const [r, g, b] = [linear[red] ?? 0, linear[green] ?? 0, linear[blue] ?? 0];
  const fx = curve((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const fy = curve(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const fz = curve((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return {
    lightness: between((116 * fy - 16) / 100, lightnessBins),
    a: chromaPlace(500 * (fx - fy)),
    b: chromaPlace(200 * (fy - fz)),
  };
}

const curve = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116);

function chromaPlace(value: number): Place {
  const root = Math.sign(value) * Math.sqrt(Math.min(1, Math.abs(value) / strongestChroma));
  return between((root + 1) / 2, chromaBins);
}

function addPixel(sums: Float32Array, from: number, weight: number, { lightness, a, b }: Lab): void {
  const add = (index: number, part: number) => {
    sums[index] = (sums[index] ?? 0) + part;
  };
  add(from + lightness.low, weight * (1 - lightness.share));
  add(from + lightness.low + 1, weight * lightness.share);
  const chroma = from + lightnessBins + a.low * chromaBins + b.low;
  add(chroma, weight * (1 - a.share) * (1 - b.share));
  add(chroma + 1, weight * (1 - a.share) * b.share);
  add(chroma + chromaBins, weight * a.share * (1 - b.share));
  add(chroma + chromaBins + 1, weight * a.share * b.share);
}

/** The square roots of the shares within each histogram, scaled to length 1 together. */
function unitRoots(sums: Float32Array): Float32Array {
  const vector = new Float32Array(vectorLength);
  const scale = 1 / Math.sqrt(2 * stripes);
  for (let stripe = 0; stripe < stripes; stripe++) {
    const from = stripe * stripeLength;
    const pixels = sums.subarray(from, from + lightnessBins).reduce((sum, value) => sum + value, 0);
    for (let i = from; i < from + stripeLength; i++) vector[i] = scale * Math.sqrt((sums[i] ?? 0) / pixels);
  }
  return vector;
}
