"""What people write: short Portuguese comments by topic and polarity, made of parts; no personal data."""

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxlib.world.columns import texts
from cxlib.world.randomness import Source, pick, whole

# Topic: sentences of a positive, a mixed and a negative comment.
SENTENCES = {
    "entrega": (
        ("a entrega chegou antes do prazo", "chegou tudo certinho e bem embalado", "entrega rápida"),
        (
            "a entrega veio no último dia do prazo",
            "chegou, mas a caixa veio amassada",
            "o prazo podia ser menor",
        ),
        ("a entrega atrasou muito", "meu pedido não chegou no prazo", "o rastreamento não atualiza nunca"),
    ),
    "troca_devolucao": (
        ("a troca foi simples", "o reembolso caiu rápido", "devolver foi fácil"),
        (
            "a troca deu certo, mas demorou",
            "o reembolso saiu só na segunda semana",
            "a coleta podia ser mais ágil",
        ),
        ("a troca virou uma novela", "ainda espero o reembolso", "a devolução é complicada demais"),
    ),
    "produto": (
        ("o produto é ótimo", "a qualidade surpreendeu", "o produto é igual ao da foto"),
        ("o produto é bom, mas o manual é ruim", "a qualidade é razoável", "esperava um acabamento melhor"),
        ("o produto veio com defeito", "faltou peça na caixa", "o produto parou em uma semana"),
    ),
    "pagamento": (
        ("pagar com Pix foi instantâneo", "o parcelamento ajudou muito", "o pagamento foi sem complicação"),
        (
            "o boleto demorou a compensar",
            "o pagamento passou na segunda tentativa",
            "faltou opção de parcelas",
        ),
        ("fui cobrado duas vezes", "o pagamento foi recusado sem motivo", "o boleto venceu e ninguém avisou"),
    ),
    "cadastro": (
        ("atualizar os dados foi fácil", "resolveram meu acesso na hora", "o cadastro é simples"),
        (
            "entrei na conta, mas pediram os dados duas vezes",
            "o cadastro é longo",
            "a senha nova demorou a chegar",
        ),
        ("não consigo entrar na conta", "perdi o acesso e ninguém resolve", "o cadastro trava sempre"),
    ),
    "clube": (
        ("o Clube Ipê vale a pena", "os descontos do clube são bons", "adoro o frete do clube"),
        ("o clube é bom, mas caro", "uso pouco o clube", "o clube podia ter mais ofertas"),
        ("cancelar o clube é difícil", "o clube não cumpre o que promete", "paguei o clube e não usei nada"),
    ),
    "atendimento": (
        ("fui muito bem atendido", "resolveram na primeira conversa", "atendimento atencioso"),
        (
            "o atendimento foi educado, mas lento",
            "resolveram depois de insistir",
            "o robô podia entender melhor",
        ),
        ("tive que repetir tudo várias vezes", "ninguém me responde", "fui passado de um setor a outro"),
    ),
    "preco": (
        ("os preços são justos", "encontrei a melhor oferta aqui", "bom custo-benefício"),
        ("o preço é parecido com o de outras lojas", "o frete encarece a compra", "compro só na promoção"),
        ("está caro", "o preço mudou no carrinho", "o frete ficou absurdo"),
    ),
    "aplicativo": (
        ("o aplicativo é prático", "comprar pelo app é rápido", "o app melhorou bastante"),
        ("o app é bom, mas trava às vezes", "a busca do app podia ser melhor", "prefiro comprar pelo site"),
        ("o aplicativo trava no pagamento", "o app perde o carrinho", "o app está muito lento"),
    ),
    "loja": (
        ("a loja é organizada", "os vendedores ajudam de verdade", "retirar na loja foi ótimo"),
        ("a loja é boa, mas a fila é grande", "faltou estoque na loja", "a loja podia abrir mais cedo"),
        ("a loja estava uma bagunça", "não achei ninguém para atender", "o site dizia que tinha, a loja não"),
    ),
}
OPENINGS = ("", "olha, ", "sinceramente, ", "na minha opinião, ")
CLOSINGS = (
    (".", "!", ", recomendo.", ". Parabéns!"),
    (".", ", dá para melhorar.", ". No mais, tudo certo.", "..."),
    (".", "!", ", não recomendo.", ". Péssimo."),
)
TOPICS = list(SENTENCES)
# What comes to mind when the question is about the company as a whole.
GENERAL_SHARES = (0.18, 0.07, 0.17, 0.06, 0.03, 0.06, 0.20, 0.12, 0.07, 0.04)
COMMENTS_SHARE = 0.35
NONE_ABOUT = -1


def _spoken(parts: Sequence[str]) -> str:
    sentence = "".join(parts)
    return sentence[0].upper() + sentence[1:]


ALL = np.array(
    [
        [
            [_spoken(parts) for parts in itertools.product(OPENINGS, sentences, CLOSINGS[polarity])]
            for polarity, sentences in enumerate(by_polarity)
        ]
        for by_polarity in SENTENCES.values()
    ],
    dtype="object",
)


def comments(source: Source, polarity: np.ndarray, topic: np.ndarray) -> pd.Series:
    """Return a comment for 35% of the rows: polarity 0, 1, 2 = positive, mixed, negative.

    `topic` is a position in `TOPICS`; where it is `NONE_ABOUT`, the person chooses.
    """
    size = len(polarity)
    own = pick(source.uniforms("topic", size), GENERAL_SHARES)
    topic = np.where(topic == NONE_ABOUT, own, topic)
    words = said(source.uniforms("words", size), topic, polarity)
    return words.where(source.uniforms("comments", size) < COMMENTS_SHARE)


def said(uniforms: np.ndarray, topic: np.ndarray, polarity: np.ndarray) -> pd.Series:
    """Return a sentence about each topic (a position in `TOPICS`), as pleased as the polarity says."""
    return texts(ALL[topic, polarity, whole(uniforms, ALL.shape[-1])])
