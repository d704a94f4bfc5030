import { TourOffer } from './offer.js';
import { Tour } from './tour.js';

export const TOUR_ELEMENTS = { 'peer-tour': Tour, 'peer-tour-offer': TourOffer };
