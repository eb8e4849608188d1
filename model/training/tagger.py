"""The statement tagger in PyTorch: an encoder, a linear-chain CRF over words, and links to cues.

The CRF follows Lample et al. (2016); the links score each source and content against each cue by a
dot product with a bias for signed distance (Dozat and Manning 2017, without the bilinear term). What is
heard of sentences comes from the ear (`model.training.ear`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from model.decoding import DISTANCES, LINK_WIDTH, TAGS
from model.training.ear import Ear, heard_loss
from model.training.pointer import Case, PointerHead, pointed_loss
from model.windows import FEATURES

HEARD_WEIGHT, POINTED_WEIGHT = 0.6, 0.5
"""Of the losses of what is heard and of who is pointed at beside that of tags: speakers and labels are what
readers ask for most."""


@dataclass(frozen=True)
class TaggerBatch:
    """B windows, T tokens and W words at most.

    tokens, features, attention: shape (B, T). first: (B, W), each word's first token.
    tags, words: (B, W), gold tags and which places hold a word.
    links: (N, 3) of window, word of a span's start, word of its cue's start or -1.
    cues: (B, W), whether a gold cue starts there.
    sentence: (B, W), which of the S sentences of which something is known a word belongs to, or -1.
    told: (S, 2) of its teller and its stance, or -1.
    begins: (B, W), whether the source of its sentence begins at a word.
    cases: whole articles of the batch with known speakers, each with the places of its words among B * W.
    """

    tokens: Tensor
    features: Tensor
    attention: Tensor
    first: Tensor
    tags: Tensor
    words: Tensor
    links: Tensor
    cues: Tensor
    sentence: Tensor
    told: Tensor
    begins: Tensor
    cases: Sequence[tuple[Tensor, Case]] = ()


class StatementTagger(nn.Module):
    """Emissions, link queries and link keys for each token.

    In training a share `hidden` of the tokens is replaced by the token `mask`, so that a span is known by
    its surroundings too; it stands in for dropout inside the encoder, which is slow on a CPU.
    """

    def __init__(
        self, encoder: PreTrainedModel, dropout: float = 0.1, hidden: float = 0.0, mask: int = 0
    ) -> None:
        super().__init__()
        self.hidden, self.mask = hidden, mask
        width = encoder.config.hidden_size
        self.encoder = encoder
        self.surface = nn.Embedding(FEATURES, width)
        nn.init.zeros_(self.surface.weight)
        self.dropout = nn.Dropout(dropout)
        self.emission = nn.Linear(width, len(TAGS))
        self.query = nn.Linear(width, LINK_WIDTH)
        self.key = nn.Linear(width, LINK_WIDTH)
        self.ear = Ear(width * encoder.config.num_hidden_layers)
        self.pointer = PointerHead(width * encoder.config.num_hidden_layers)
        self.distance = nn.Embedding(DISTANCES, 1)
        nn.init.zeros_(self.distance.weight)
        self.unlinked = nn.Parameter(torch.zeros(()))
        self.transitions = nn.Parameter(torch.zeros(len(TAGS), len(TAGS)))
        self.begin = nn.Parameter(torch.zeros(len(TAGS)))
        self.finish = nn.Parameter(torch.zeros(len(TAGS)))

    def forward(self, tokens: Tensor, features: Tensor, attention: Tensor) -> tuple[Tensor, ...]:
        """Emissions (B, T, tags), queries, keys (B, T, LINK_WIDTH), what is heard (B, T, HEARD_WIDTH).

        And what points at speakers, (B, T, SIGNS).
        """
        if self.training and self.hidden:
            tokens = torch.where(
                torch.rand(tokens.shape, device=tokens.device) < self.hidden, self.mask, tokens
            )
        embedded = self.encoder.get_input_embeddings()(tokens) + self.surface(features)
        found = self.encoder(inputs_embeds=embedded, attention_mask=attention, output_hidden_states=True)
        every = torch.cat(found.hidden_states[1:], dim=-1)
        last = self.dropout(every[..., -self.encoder.config.hidden_size :])
        return self.emission(last), self.query(last), self.key(last), self.ear(every), self.pointer(every)

    def loss(self, batch: TaggerBatch) -> Tensor:
        """Negative log likelihood of the tags a word, cross-entropy of links a span and of what is heard.

        Of whole articles with known speakers there is that of who is pointed at, a sentence, too.
        """
        outputs = self(batch.tokens, batch.features, batch.attention)
        emission, query, key, heard, signs = (_gather(output.float(), batch.first) for output in outputs)
        pointed = self._pointed(signs.flatten(0, 1), batch.cases)
        tags = self._crf(emission, batch.tags, batch.words) / batch.words.sum()
        inside = batch.sentence >= 0
        known = heard_loss(heard[inside], batch.sentence[inside], batch.told, batch.begins[inside])
        read = 4 * tags + 0.3 * self._links(query, key, batch)
        return read + HEARD_WEIGHT * known + POINTED_WEIGHT * pointed

    def _pointed(self, signs: Tensor, cases: Sequence[tuple[Tensor, Case]]) -> Tensor:
        each = [pointed_loss(self.pointer, signs[places], case) for places, case in cases]
        sentences = sum(int(case.known.sum()) for _, case in cases)
        return torch.stack([signs.sum() * 0, *each]).sum() / max(1, sentences)

    def _crf(self, emission: Tensor, tags: Tensor, words: Tensor) -> Tensor:
        """Summed negative log likelihood; shapes as in `TaggerBatch`, words left-aligned."""
        rows = torch.arange(len(tags), device=tags.device)
        chosen = emission.gather(2, tags.unsqueeze(2)).squeeze(2)
        moves = self.transitions[tags[:, :-1], tags[:, 1:]]
        last = tags[rows, words.sum(1) - 1]
        score = (
            (chosen * words).sum(1)
            + (moves * words[:, 1:]).sum(1)
            + self.begin[tags[:, 0]]
            + self.finish[last]
        )
        steps = self.transitions + emission[:, 1:].unsqueeze(2)
        stay = torch.full_like(self.transitions, -1e4).fill_diagonal_(0.0)
        steps = torch.where(words[:, 1:, None, None], steps, stay)
        start = (self.begin + emission[:, 0]).unsqueeze(2)
        reached = torch.logsumexp(start + _chained(steps), dim=1) if steps.shape[1] else start.squeeze(2)
        return (torch.logsumexp(reached + self.finish, dim=1) - score).sum()

    def _links(self, query: Tensor, key: Tensor, batch: TaggerBatch) -> Tensor:
        if not len(batch.links):
            return query.sum() * 0
        window, span, cue = batch.links.unbind(1)
        places = torch.arange(query.shape[1], device=query.device)
        score = (query[window, span].unsqueeze(1) * key[window]).sum(-1) / LINK_WIDTH**0.5
        score = score + self.distance(distance_bucket(places.unsqueeze(0) - span.unsqueeze(1))).squeeze(-1)
        score = score.masked_fill(~batch.cues[window], -1e4)
        score = torch.cat([score, self.unlinked.expand(len(score), 1)], dim=1)
        target = torch.where(cue < 0, query.shape[1], cue)
        return nn.functional.cross_entropy(score, target)


def distance_bucket(distance: Tensor) -> Tensor:
    """Signed logarithmic buckets of a distance in words, 0 to DISTANCES - 1."""
    half = DISTANCES // 2
    size = torch.log2(distance.abs().float().clamp(min=1)) * 2
    return half + torch.sign(distance).long() * (1 + size.long()).clamp(max=half - 1)


def _chained(steps: Tensor) -> Tensor:
    """The product, in the log semiring, of the W matrices of `steps` (B, W, tags, tags): (B, tags, tags).

    Neighbours are multiplied pairwise, so the depth is log W and not W.
    """
    while steps.shape[1] > 1:
        even = steps.shape[1] // 2 * 2
        pairs = torch.logsumexp(steps[:, 0:even:2].unsqueeze(4) + steps[:, 1:even:2].unsqueeze(2), dim=3)
        steps = torch.cat([pairs, steps[:, even:]], dim=1)
    return steps[:, 0]


def _gather(states: Tensor, first: Tensor) -> Tensor:
    return states.gather(1, first.unsqueeze(2).expand(-1, -1, states.shape[2]))
