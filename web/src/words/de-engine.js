/**
 * What the engine and the lists beside the page say, in German: errors by their codes, sentences by their English. What
 * is not known here stays English.
 */

/** @type {Record<string, [what: string, help: string]>} */
export const ERRORS = {
  'image-empty': ['Das Bild hat keine Pixel.', 'Wählen Sie ein anderes.'],
  'image-too-large': ['Das Bild ist zu groß für den Speicher.', 'Verkleinern Sie es zuerst.'],
  'image-broken': [
    'Die Datei lässt sich nicht als Bild lesen.',
    'Sie ist beschädigt oder von anderer Art. Wählen Sie eine andere.',
  ],
  'bundle-truncated': ['Die Datei der Gewichte endet zu früh.', 'Laden Sie sie noch einmal herunter.'],
  'bundle-invalid': [
    'Die Datei der Gewichte hat falsche Formen, Namen oder Zahlen.',
    'Nehmen Sie ein Bündel, das `peerlight import` oder `peerlight train` erzeugt hat.',
  ],
  'bundle-hash': [
    'Die Datei der Gewichte ist nicht die erwartete: Ihr sha256 ist ein anderer.',
    'Laden Sie sie noch einmal herunter.',
  ],
  'bundle-version': [
    'Die Datei der Gewichte hat ein neueres Format, als dieses Programm liest.',
    'Aktualisieren Sie das Programm.',
  ],
  'network-unsupported': [
    'Das Netz hat einen Teil, der nicht unterstützt wird.',
    'Der Wortlaut nennt ihn und sagt, wie man ohne ihn exportiert.',
  ],
  'ask-invalid': [
    'Eine Einstellung ist außerhalb des Erlaubten, oder Einstellungen widersprechen sich.',
    'Der Wortlaut sagt, was erlaubt ist.',
  ],
  'device-unavailable': ['Das Gerät ist hier nicht zu gebrauchen.', 'Peerlight versucht ein anderes.'],
  'device-self-test': [
    'Das Gerät rechnet falsch: Es hat den Selbsttest nicht bestanden und wird nicht benutzt.',
    'Nehmen Sie ein anderes.',
  ],
  'device-lost': ['Das Gerät antwortet nicht mehr.', 'Die Arbeit geht auf einem anderen weiter.'],
  'out-of-memory': [
    'Der Speicher reicht nicht.',
    'Schließen Sie andere Programme oder Seiten, oder nehmen Sie ein kleineres Bild.',
  ],
  cancelled: ['Die Arbeit wurde abgebrochen.', ''],
  'download-failed': ['Das Herunterladen ist gescheitert oder wurde unterbrochen.', 'Versuchen Sie es noch einmal.'],
  crashed: [
    'Das Rechenwerk hat unerwartet angehalten und wurde neu gestartet.',
    'Versuchen Sie es noch einmal. Geschieht es wieder, melden Sie das Bild.',
  ],
  internal: ['Das Programm ist in einem Zustand, den es nicht geben dürfte.', 'Melden Sie, was dazu geführt hat.'],
};

/** Sentences of the engine, of its package and of the lists beside the page. @type {Record<string, string>} */
export const SAID = {
  'Loading the networks': 'Die Netze werden geladen',
  'Loading the engine': 'Das Rechenwerk wird geladen',
  'Loading the file': 'Die Datei wird geladen',
  'Reading the networks': 'Die Netze werden gelesen',
  'Checking what this device can do': 'Es wird geprüft, was dieses Gerät kann',
  'Preparing the image': 'Das Bild wird vorbereitet',
  'Hiding regions': 'Regionen werden verdeckt',
  'Mutual map': 'Gemeinsame Karte',
  'Chosen by you.': 'Von Ihnen gewählt.',
  'Chosen by you. It is a software adapter, so it is slow.':
    'Von Ihnen gewählt. Es ist ein Adapter in Software und darum langsam.',
  'It starts fastest. Peerlight is looking for a graphics device.':
    'Sie startet am schnellsten. Peerlight sucht nach einem Grafikgerät.',
  'This browser has no WebGPU.': 'Dieser Browser hat kein WebGPU.',
  'This browser offers no WebGPU adapter.': 'Dieser Browser bietet keinen Adapter für WebGPU.',
  'WebGPU has only a software adapter here, which is slower than the CPU.':
    'WebGPU hat hier nur einen Adapter in Software, und der ist langsamer als die CPU.',
  'The network is not sure what this is. What follows explains a guess.':
    'Das Netz ist nicht sicher, was das ist. Was folgt, erklärt eine Vermutung.',
  'None of the networks is sure what this is. What follows explains a guess.':
    'Keines der Netze ist sicher, was das ist. Was folgt, erklärt eine Vermutung.',
  'They were trained to agree, so part of their agreement comes from that training.':
    'Sie wurden darauf trainiert, übereinzustimmen; ein Teil ihrer Übereinstimmung kommt also von diesem Training.',
  'They were trained apart, but on the same images, so they can share mistakes.':
    'Sie wurden getrennt trainiert, aber mit denselben Bildern; sie können also Irrtümer teilen.',
  'EfficientNet-Lite0 + EfficientNet-Lite1, trained as peers':
    'EfficientNet-Lite0 + EfficientNet-Lite1, als Gefährten trainiert',
  classifier: 'Klassifikator',
  'last layer': 'letzte Schicht',
  'last two layers': 'letzte zwei Schichten',
  'second half': 'zweite Hälfte',
  everything: 'alles',
  "ImageNet's mean and deviation (PyTorch, timm, Paddle)": 'Mittel und Streuung von ImageNet (PyTorch, timm, Paddle)',
  '-1 to 1 (TensorFlow, Keras MobileNet)': '−1 bis 1 (TensorFlow, Keras MobileNet)',
  '0 to 1': '0 bis 1',
  '0 to 255 (Keras EfficientNet)': '0 bis 255 (Keras EfficientNet)',
  'blue, green, red less their mean, 0 to 255 (Caffe, Keras ResNet)':
    'Blau, Grün, Rot abzüglich ihres Mittels, 0 bis 255 (Caffe, Keras ResNet)',

  'The file is empty.': 'Die Datei ist leer.',
  'Choose another file.': 'Wählen Sie eine andere Datei.',
  'The file could not be read.': 'Die Datei konnte nicht gelesen werden.',
  'It may be a folder, or have been moved or deleted: choose an image file.':
    'Vielleicht ist sie ein Ordner, oder sie wurde verschoben oder gelöscht: Wählen Sie eine Bilddatei.',
  'This is not an image.': 'Das ist kein Bild.',
  'This is a PDF document.': 'Das ist ein PDF-Dokument.',
  'This is a video.': 'Das ist ein Video.',
  'This is a sound.': 'Das ist eine Tonaufnahme.',
  'This is a web page.': 'Das ist eine Webseite.',
  'This is an SVG drawing.': 'Das ist eine SVG-Zeichnung.',
  'This is a ZIP archive or office document.': 'Das ist ein ZIP-Archiv oder ein Office-Dokument.',
  'This is an office document.': 'Das ist ein Office-Dokument.',
  'This is a program.': 'Das ist ein Programm.',
  'This is a file of weights.': 'Das ist eine Datei mit Gewichten.',
  'This is a Photoshop document.': 'Das ist ein Photoshop-Dokument.',
  'Unpack it, and choose the images in it, or their folder.':
    'Entpacken Sie es und wählen Sie die Bilder darin oder ihren Ordner.',
  'Choose a JPEG, PNG, WebP, AVIF or GIF image.': 'Wählen Sie ein JPEG-, PNG-, WebP-, AVIF- oder GIF-Bild.',
  'Save it as JPEG or PNG and choose that.': 'Sichern Sie es als JPEG oder PNG und wählen Sie das.',
  'Save the image itself, not the page around it, and choose that.':
    'Sichern Sie das Bild selbst, nicht die Seite darum, und wählen Sie das.',
  'SVG is refused: a drawing can carry scripts and has no pixels of its own. Save it as PNG and choose that.':
    'SVG wird abgelehnt: Eine Zeichnung kann Skripte enthalten und hat keine eigenen Pixel. Sichern Sie sie als PNG.',
  'Save it as JPEG. An iPhone does so by Settings, Camera, Formats, Most Compatible.':
    'Sichern Sie es als JPEG. Ein iPhone tut das über Einstellungen, Kamera, Formate, Maximale Kompatibilität.',
  'Choose another image, or save it again as JPEG or PNG.':
    'Wählen Sie ein anderes Bild, oder sichern Sie es noch einmal als JPEG oder PNG.',
  'The download was interrupted.': 'Das Herunterladen wurde unterbrochen.',
  'The download stalled.': 'Das Herunterladen stockte.',
  'The engine could not be fetched.': 'Das Rechenwerk konnte nicht geholt werden.',
  'The weights do not match their published checksum.':
    'Die Gewichte stimmen nicht mit ihrer veröffentlichten Prüfsumme überein.',

  'The download of the engine stalled.': 'Das Herunterladen des Rechenwerks stockte.',
  'Update the browser. If its Lockdown Mode or a similar protection is on, switch that off for this site.':
    'Aktualisieren Sie den Browser. Ist sein Blockierungsmodus oder ein ähnlicher Schutz an, schalten Sie ihn für ' +
    'diese Seite aus.',
  'Update the browser. If it is new, the file was damaged on the way: reload the page without its cache.':
    'Aktualisieren Sie den Browser. Ist er neu, kam die Datei beschädigt an: Laden Sie die Seite ohne ihren Cache neu.',
  "Add 'wasm-unsafe-eval' to script-src in the Content-Security-Policy of the page and of the worker’s file.":
    "Nehmen Sie 'wasm-unsafe-eval' in script-src der Content-Security-Policy der Seite und der Datei des Workers auf.",
  'Reload the page without its cache (Ctrl+Shift+R). If that does not help, its files were not all replaced.':
    'Laden Sie die Seite ohne ihren Cache neu (Strg+Umschalt+R). Hilft das nicht, wurden nicht alle ihre Dateien ' +
    'ersetzt.',
  'Check the connection. If the file is on another site, that must allow this page (Access-Control-Allow-Origin).':
    'Prüfen Sie die Verbindung. Liegt die Datei auf einer anderen Seite, muss deren Server diese zulassen ' +
    '(Access-Control-Allow-Origin).',
  'Check the address, and that the file was put on the server.':
    'Prüfen Sie die Adresse, und ob die Datei auf dem Server liegt.',

  Cat: 'Katze',
  'The face of a tabby cat, close up': 'Das Gesicht einer getigerten Katze aus der Nähe',
  Coffee: 'Kaffee',
  'A cup of espresso on a wooden table with a spoon on the saucer':
    'Eine Tasse Espresso auf einem Holztisch, mit einem Löffel auf der Untertasse',
  Bee: 'Biene',
  'A honey bee on a purple aster with a yellow center': 'Eine Honigbiene auf einer violetten Aster mit gelber Mitte',
  'Citrus fruits': 'Zitrus\u00adfrüchte',
  'Slices of oranges, lemons and limes lit from behind':
    'Scheiben von Orangen, Zitronen und Limetten, von hinten beleuchtet',
  Bridge: 'Brücke',
  'A suspension bridge lit up at night above a river': 'Eine nachts beleuchtete Hängebrücke über einem Fluss',
  Pavilion: 'Pavillon',
  'A tall red Chinese pavilion above trees and a lake':
    'Ein hoher roter chinesischer Pavillon über Bäumen und einem See',
  Flower: 'Blume',
  'An orange dahlia against dark green leaves': 'Eine orange Dahlie vor dunkelgrünen Blättern',
  Raccoon: 'Wasch\u00adbär',
  'A raccoon resting among palm leaves': 'Ein Waschbär, der zwischen Palmblättern ruht',
  Rocket: 'Rakete',
  'A Falcon 9 rocket on its launch pad at dusk, between lattice towers':
    'Eine Falcon-9-Rakete in der Dämmerung auf ihrer Startrampe, zwischen Gittertürmen',
  '(a dahlia: they know none)': '(eine Dahlie: sie kennen keine)',
  '(they know none)': '(sie kennen keinen)',
  'Frying pan': 'Brat\u00adpfanne',
  'An empty iron frying pan on a steel kitchen top': 'Eine leere eiserne Bratpfanne auf einer Küchenplatte aus Stahl',
  'Public domain': 'gemeinfrei',
  'saved as JPEG': 'als JPEG gesichert',
  'saved again as JPEG': 'noch einmal als JPEG gesichert',
  'scaled down, saved as JPEG': 'verkleinert, als JPEG gesichert',

  confidence: 'Sicherheit',
  'mean confidence': 'mittlere Sicherheit',
  spread: 'Ausdehnung',
  reach: 'Reichweite',
  'reach across peers': 'Reichweite über die Netze hinweg',
  'with itself, mean of three': 'mit sich selbst, Mittel von dreien',
  'with itself, mirrored': 'mit sich selbst, gespiegelt',
  'with itself, rescaled': 'mit sich selbst, anders skaliert',
  'with itself, noisy': 'mit sich selbst, verrauscht',
  'same first class': 'gleiche erste Klasse',
  'peers with the same answer': 'Netze mit gleicher Antwort',
  'overlap of the brightest fifth': 'Überlappung des hellsten Fünftels',
  'distance of the brightest places': 'Abstand der hellsten Stellen',
  'sum of minima over sum of maxima': 'Summe der Minima durch Summe der Maxima',
  'correlation of the whole maps': 'Korrelation der ganzen Karten',
  'regional correlation, median': 'Korrelation der Regionen, Median',
  'regional correlation, weighted by attention': 'Korrelation der Regionen, nach Aufmerksamkeit gewichtet',
  'share of regions above 0.5': 'Anteil der Regionen über 0,5',
  'no test photos have been measured for this bundle (`peerlight calibrate` does)':
    'Für dieses Bündel wurden keine Testfotos vermessen (`peerlight calibrate` tut das)',
  'this image lacks one of the statistics that the test photos had':
    'Diesem Bild fehlt eine der Größen, die die Testfotos hatten',
  'on the test photos, the class with the highest average probability was explained':
    'Bei den Testfotos wurde die Klasse mit der höchsten mittleren Wahrscheinlichkeit erklärt',
};

/** Sentences with something put in. @type {[RegExp, (...found: string[]) => string][]} */
export const PATTERNS = [
  [/^Running (.+)$/, (name) => `Durchlauf durch ${name}`],
  [
    /^It is faster here: (\d+) ms per pass, against (\d+) ms on the CPU\.$/,
    (fast, slow) => `Es ist hier schneller: ${fast} ms je Durchlauf, auf der CPU ${slow} ms.`,
  ],
  [
    /^WebGPU is not clearly faster here: (\d+) ms per pass, against (\d+) ms on the CPU\.$/,
    (fast, slow) => `WebGPU ist hier nicht deutlich schneller: ${fast} ms je Durchlauf, auf der CPU ${slow} ms.`,
  ],
  [/^WebGPU cannot be used here: (.+)$/, (why) => `WebGPU ist hier nicht zu gebrauchen: ${heard(why)}`],
  [/^The networks give different answers \((.+)\)\.$/, (names) => `Die Netze geben verschiedene Antworten (${names}).`],
  [
    /^How often agreement like this goes with a map on the object is not known here: (.+)\.$/,
    (why) =>
      `Wie oft bei solcher Übereinstimmung die Karte auf dem Objekt liegt, ist hier nicht bekannt: ${heard(why)}.`,
  ],
  [
    /^the test photos were measured with '(.+)' and its defaults$/,
    (method) => `Die Testfotos wurden mit „${method}“ und dessen Voreinstellungen vermessen`,
  ],
  [/^of the test photos, the networks saw the center$/, () => 'Bei den Testfotos sahen die Netze die Mitte'],
  [
    /^the test photos were seen with a crop of (.+)$/,
    (crop) => `Die Testfotos wurden mit einem Ausschnitt von ${crop.replace('.', ',')} gesehen`,
  ],
  [
    /^This image lies outside the test photos: its agreement is (lower|higher) than that of all (\d+)\.$/,
    (side, n) =>
      `Dieses Bild liegt außerhalb der Testfotos: Seine Übereinstimmung ist ` +
      `${side === 'lower' ? 'geringer' : 'größer'} als die aller ${n}.`,
  ],
  [
    /^It says nothing .+ right\. "Like this" is by (.+) together(.*)\. The test photos: (\d+) of (.+), with a box/,
    (names, peers, n, set) =>
      `Ob die Antwort richtig ist, sagt das nicht. „Ähnlich“ heißt: nach ${names.split('; ').map(heard).join('; ')} ` +
      `zusammen${heard(peers)}. Die Testfotos: ${n} aus ${heard(set)}, mit einem Rahmen um das Objekt, der höchstens ` +
      'die Hälfte des Bildes bedeckt.',
  ],
  [
    /^, to which a second network adds (.+) beside what one map tells alone \((.+) of 100 pairs .+, (.+) to (.+)\)$/,
    (adds, ...numbers) => {
      const [gain, low, high] = numbers.map((x) => x.replace('.', ',').replace('-', '−'));
      const what = adds === 'something' ? 'etwas' : 'nichts Sicheres';
      return (
        `, wozu ein zweites Netz neben einer Karte allein ${what} beiträgt (${gain} von 100 Paaren aus Treffer und ` +
        `Fehlschlag in der richtigen Reihenfolge, ${low} bis ${high})`
      );
    },
  ],
  [/^(.+), those of odd numbers$/, (set) => `${set}, davon die mit ungeraden Nummern`],
  [/^(.+), those of even numbers$/, (set) => `${set}, davon die mit geraden Nummern`],
  [/^regional correlation, (\d+) x \d+$/, (n) => `Korrelation der Regionen, ${n} x ${n}`],
  [
    /^This is an? (.+) image, which this browser cannot read\.$/,
    (kind) => `Das ist ein ${kind}-Bild, das dieser Browser nicht lesen kann.`,
  ],
  [
    /^This (.+) image is damaged, or this browser cannot read it\.$/,
    (kind) => `Dieses ${kind}-Bild ist beschädigt, oder dieser Browser kann es nicht lesen.`,
  ],
  [
    /^The image has (\d+) megapixels; (\d+) is the most\.$/,
    (n, most) => `Das Bild hat ${n} Megapixel; höchstens ${most} sind möglich.`,
  ],
  [
    /^This browser cannot run Peerlight: it has no (.+)\.$/,
    (what) => `Dieser Browser kann Peerlight nicht ausführen: Ihm fehlt ${what.replace(' with ', ' mit ')}.`,
  ],
  [
    /^A security policy forbids WebAssembly here: (.+)$/,
    (why) => `Eine Sicherheitsrichtlinie verbietet hier WebAssembly: ${why}`,
  ],
  [
    /^This browser cannot compile the engine: (.+)$/,
    (why) => `Dieser Browser kann das Rechenwerk nicht übersetzen: ${why}`,
  ],
  [
    /^The engine’s files are of two versions: (.+)$/,
    (why) => `Die Dateien des Rechenwerks sind von zwei Versionen: ${why}`,
  ],
  [/^The engine could not be loaded: (.+)$/, (why) => `Das Rechenwerk konnte nicht geladen werden: ${why}`],
  [
    /^The engine was not downloaded completely: (.+)$/,
    (why) => `Das Rechenwerk wurde nicht ganz heruntergeladen: ${why}`,
  ],
  [
    /^The server answered with a web page instead of (.+): the file is not where it was looked for\.$/,
    (what) => {
      const names = { 'the engine': 'des Rechenwerks', 'the list of networks': 'der Liste der Netze' };
      const instead = names[/** @type {keyof typeof names} */ (what)] ?? `von ${what}`;
      const where = 'Die Datei ist nicht dort, wo sie gesucht wurde.';
      return `Der Server antwortete mit einer Webseite statt ${instead}: ${where}`;
    },
  ],
  [/^Received (\d+) bytes instead of (\d+)\.$/, (n, of) => `Es kamen ${n} Bytes statt ${of}.`],
  [/^No connection to (.+)\.$/, (host) => `Keine Verbindung zu ${host === 'the server' ? 'dem Server' : host}.`],
  [/^The server answered (\d+) for (.+)\.$/, (code, what) => `Der Server antwortete mit ${code} auf ${what}.`],
];

/**
 * A sentence of the engine in German; one that is not known stays English.
 * @param {string} text
 * @returns {string}
 */
export function heard(text) {
  const known = SAID[text];
  if (known !== undefined) return known;
  for (const [pattern, say] of PATTERNS) {
    const found = pattern.exec(text);
    if (found) return say(...found.slice(1));
  }
  return text;
}
